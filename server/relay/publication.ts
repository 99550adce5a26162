import type { DocumentId, EnvelopeId } from '../../protocol/ids.ts'
import { encodeRelayMessage } from '../../protocol/relay-codec.ts'
import type { Entry, Mark } from '../../protocol/relay-messages.ts'
import type { RefusedEnvelopes } from '../door/check-envelopes.ts'

/** What became of an append, told to everybody after the commit and in the order of the log. */
export interface Publication {
  /** Who brought it; a token of identity only. Null where it came by HTTP. */
  readonly origin: object | null
  readonly document: DocumentId
  readonly from: Mark
  readonly to: Mark
  readonly entries: readonly Entry[]
  readonly known: readonly EnvelopeId[]
  readonly refused: readonly RefusedEnvelopes[]
  /** The `content` message with what lies after a place, encoded once for all who ask alike. */
  contentAfter(after: Mark, request: number): Uint8Array
}

export const createPublication = (fields: Omit<Publication, 'contentAfter'>): Publication => {
  const encoded = new Map<string, Uint8Array>()
  return {
    ...fields,
    contentAfter: (after, request) => {
      const key = `${request} ${after.position} ${after.stamp}`
      const before = encoded.get(key)
      if (before) return before
      const message = encodeRelayMessage({
        type: 'content',
        document: fields.document,
        request,
        from: after,
        to: fields.to,
        entries: fields.entries.filter(entry => entry.position > after.position),
      })
      encoded.set(key, message)
      return message
    },
  }
}
