import type { Access } from '../../protocol/access/judge.ts'
import { mayStillCount } from '../../protocol/access/rights.ts'
import { type Envelope, parseEnvelope, signedBytes } from '../../protocol/envelope.ts'
import type { DocumentId, EnvelopeId, WorkspaceId } from '../../protocol/ids.ts'
import type { NamedEnvelope } from '../log/log-store.ts'
import type { Refusal } from '../refusal.ts'
import type { DeviceKeys } from './verifier.ts'

export interface Checked {
  /** What may be stored, in the order given. */
  readonly admitted: readonly (NamedEnvelope & Pick<Envelope, 'kind'>)[]
  readonly refused: readonly RefusedEnvelopes[]
}

/** All that were refused for one reason; those whose id could not be read are not named. */
export interface RefusedEnvelopes extends Refusal {
  readonly envelopes: readonly EnvelopeId[]
}

const BY_NO_MEMBER: Refusal = {
  code: 'not-a-member',
  message: 'The envelope was made by a device that is not a member, or after it was taken out.',
}
const BY_READER: Refusal = {
  code: 'scope',
  message: 'The envelope was made by a device that may only read here.',
}

type Verdict =
  | { readonly ok: true; readonly envelope: Checked['admitted'][number] }
  | { readonly ok: false; readonly refused: RefusedEnvelopes }

/**
 * What the relay can tell of an envelope without its content key: its layout, that a device made it that may write here,
 * or might when it did, for this workspace and document. Whoever brings it may be another member: originals are forwarded.
 */
export const checkEnvelopes = async (
  deviceKeys: DeviceKeys,
  place: { readonly workspace: WorkspaceId; readonly document: DocumentId; readonly access: Access },
  envelopes: readonly Uint8Array[],
): Promise<Checked> => {
  const checkOne = async (bytes: Uint8Array): Promise<Verdict> => {
    const parsed = parseEnvelope(bytes)
    if (!parsed.ok) {
      const code = parsed.error.code === 'envelope-too-large' ? 'too-large' : 'envelope-malformed'
      return { ok: false, refused: { code, message: parsed.error.message, envelopes: [] } }
    }
    const wrong = await whatIsWrong(parsed.value)
    return wrong === null
      ? { ok: true, envelope: { id: parsed.value.id, kind: parsed.value.kind, bytes } }
      : { ok: false, refused: { ...wrong, envelopes: [parsed.value.id] } }
  }

  const whatIsWrong = async (envelope: Envelope): Promise<Refusal | null> => {
    const device = await deviceKeys(envelope.device as Uint8Array<ArrayBuffer>)
    const { access } = place
    if (!mayStillCount(access, device.id, envelope.session, envelope.sequence))
      return access.devices.has(device.id) ? BY_READER : BY_NO_MEMBER
    const { headerBytes, ciphertext, signature } = envelope
    const signed = signedBytes(place.workspace, place.document, headerBytes, ciphertext)
    return (await device.verify(signature, signed))
      ? null
      : { code: 'envelope-signature', message: 'The signature of the envelope is wrong.' }
  }

  const verdicts = await Promise.all(envelopes.map(checkOne))
  const refused = verdicts.flatMap(verdict => (verdict.ok ? [] : [verdict.refused]))
  return {
    admitted: verdicts.flatMap(verdict => (verdict.ok ? [verdict.envelope] : [])),
    refused: [...Map.groupBy(refused, ({ code }) => code).values()].map(alike => ({
      ...alike[0]!,
      envelopes: alike.flatMap(refusal => refusal.envelopes),
    })),
  }
}
