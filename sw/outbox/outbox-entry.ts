import { decode } from 'cborg'
import { parseEnvelope } from '../../protocol/envelope.ts'
import { isDocumentId, isWorkspaceId } from '../../protocol/ids.ts'
import { MAX_ENVELOPES_PER_APPEND } from '../../protocol/limits.ts'
import { type OutboxEntry, outboxEntryId } from '../../protocol/outbox.ts'
import { fail, ok, type Result } from '../../protocol/result.ts'

const malformed = (why: string) => fail('malformed', `The outbox entry could not be read: ${why}.`)

const isEnvelope = (value: unknown): value is Uint8Array =>
  value instanceof Uint8Array && parseEnvelope(value).ok

const isOrigin = (value: unknown): value is string => {
  if (typeof value !== 'string' || !URL.canParse(value)) return false
  const { protocol, origin } = new URL(value)
  return (protocol === 'https:' || protocol === 'http:') && origin === value
}

/**
 * Reads the body of a PUT and checks that it can be delivered as it is: what is stored is never looked at by a person
 * again. `id` is the entry's name in the address. Errors: `malformed`.
 */
export const decodeOutboxEntry = (id: string, body: Uint8Array): Result<OutboxEntry> => {
  let value: unknown
  try {
    value = decode(body, { rejectDuplicateMapKeys: true })
  } catch (error) {
    return malformed((error as Error).message)
  }
  if (typeof value !== 'object' || value === null) return malformed('it is not an entry')
  const { relay, workspace, document, envelopes, generation } = value as Record<string, unknown>
  if (!isOrigin(relay)) return malformed('the relay is not an origin')
  if (!isWorkspaceId(workspace) || !isDocumentId(document)) return malformed('an id is wrong')
  if (!Number.isSafeInteger(generation) || (generation as number) < 0)
    return malformed('the generation is missing')
  if (!Array.isArray(envelopes) || envelopes.length === 0 || envelopes.length > MAX_ENVELOPES_PER_APPEND)
    return malformed('there are no envelopes, or too many')
  if (!envelopes.every(isEnvelope)) return malformed('an envelope is not one')
  if (id !== outboxEntryId(relay, workspace, document)) return malformed('its name is not its own')
  return ok({ relay, workspace, document, envelopes, generation: generation as number })
}
