import * as Y from 'yjs'
import { type Bytes, concatBytes, fromBase64url } from '../../protocol/bytes.ts'
import {
  additionalData,
  type Envelope,
  type EnvelopeHeader,
  encodeHeader,
  fingerprintOf,
  NONCE_BYTES,
  nonceFor,
  nonceOf,
  parseEnvelope,
} from '../../protocol/envelope.ts'
import {
  type DeviceId,
  type DocumentId,
  type EnvelopeId,
  envelopeId,
  publicKeyFromBytes,
  type SessionId,
  thumbprint,
  type WorkspaceId,
} from '../../protocol/ids.ts'
import { fail, ok, type Result } from '../../protocol/result.ts'
import { importVerifyingKey, isSignedBy, type VerifyingKey } from '../../protocol/web-crypto.ts'
import { randomId } from '../platform/random.ts'
import type { ContentKeys } from './key-derivation.ts'
import { decrypt, encrypt, keysFor, type SealingDeps, sealAndSign } from './signed-seal.ts'
import { decodeSnapshot, encodeSnapshot, type Heads } from './snapshot-content.ts'

export interface Sealed {
  readonly id: EnvelopeId
  readonly bytes: Uint8Array
  /** The next envelope's `previous`. */
  readonly fingerprint: Uint8Array
}

export interface Opened {
  readonly id: EnvelopeId
  readonly session: SessionId
  readonly previous: Uint8Array
  readonly fingerprint: Uint8Array
  /** A Yjs update, encoded as V1, that was checked to be decodable. */
  readonly update: Uint8Array
  /** What a snapshot covers; null for an update. */
  readonly heads: Heads | null
  /** Whether every member can open it, whoever comes later too. */
  readonly isForAll: boolean
}

export interface Sealer {
  readonly session: SessionId
  /** Seals a Yjs V1 update. `previous` is the fingerprint of the envelope before, zeros for the first. */
  seal(document: DocumentId, update: Uint8Array, previous: Uint8Array): Promise<Sealed>
  /** Seals a whole state (Yjs V1) that covers these envelopes. */
  sealSnapshot(document: DocumentId, update: Uint8Array, heads: Heads, previous: Uint8Array): Promise<Sealed>
  /**
   * Errors: `envelope-malformed`, `envelope-member`, `envelope-late`, `envelope-signature`, `envelope-keys`,
   * `envelope-sealed`, `envelope-content`.
   */
  open(document: DocumentId, bytes: Uint8Array): Promise<Result<Opened>>
  /** Presence is sealed but not signed: it is shown, never kept. */
  sealPresence(document: DocumentId, data: Uint8Array): Promise<Uint8Array>
  openPresence(document: DocumentId, data: Uint8Array): Promise<Uint8Array | null>
}

/** Who made an envelope, as it says. */
interface Author {
  readonly id: DeviceId
  /** Null where the key is none. */
  readonly verifying: VerifyingKey | null
}

const AUTHORS_KEPT = 1_000

interface Deps extends SealingDeps {
  /** Whether what a device wrote counts. May ask a relay first for what is said about the members. */
  readonly counts: (device: DeviceId, session: SessionId, sequence: number) => Promise<boolean>
  /** Whether a device is or was a member. */
  readonly isKnown: (device: DeviceId) => boolean
  /** Whether every member has the keys of an epoch, whoever comes later too. */
  readonly isForAll: (epoch: number) => boolean
  /** An envelope was sealed or opened. */
  readonly onTaken: (device: DeviceId, session: SessionId, sequence: number) => void
}

const asV1 = (update: Uint8Array, encoding: Envelope['encoding']): Uint8Array => {
  if (encoding === 'v2') return Y.convertUpdateFormatV2ToV1(update)
  Y.decodeUpdate(update) // throws where it cannot be decoded; a provider would swallow that
  return update
}

/** V2 is much smaller for long updates, and longer for a single key. */
const smallest = (update: Uint8Array): { encoding: EnvelopeHeader['encoding']; bytes: Bytes } => {
  const v2 = Y.convertUpdateFormatV1ToV2(update)
  return v2.length < update.length
    ? { encoding: 'v2', bytes: new Uint8Array(v2) }
    : { encoding: 'v1', bytes: new Uint8Array(update) }
}

const STRANGER = fail('envelope-member', 'It was written by a device that is not a member.')
/** Who wrote it was removed, or made a reader, before anybody had heard of it. */
export const LATE = 'envelope-late'
const TOO_LATE = fail(LATE, 'It was written by a device that was not allowed to write any more.')

/** Either its author made them up, or the relay keeps back what was said about them. */
const UNKNOWN_KEYS = fail('envelope-keys', 'It was sealed with keys that this device has not been told of.')

const PRESENCE_LABEL = new TextEncoder().encode('holdfast-presence')

const presenceData = (workspace: WorkspaceId, document: DocumentId): Bytes =>
  concatBytes(PRESENCE_LABEL, fromBase64url(workspace), fromBase64url(document))

export const createSealer = ({ workspace, device, random, ...deps }: Deps): Sealer => {
  const session = randomId(random)
  const devicePublicKey = fromBase64url(device.publicKey.x)
  const authors = new Map<string, Promise<Author>>()
  let sequence = 0
  /** Of the next envelope, so that sealing does not wait for it. */
  let nextNonce = nonceFor(session, 1)

  /** Of whoever names a key, member or not: what was imported once is not imported for each envelope. */
  const authorOf = (publicKey: Uint8Array): Promise<Author> => {
    const key = publicKeyFromBytes(publicKey)
    const known = authors.get(key.x)
    if (known) return known
    const author = Promise.all([thumbprint(key), importVerifyingKey(publicKey)]).then(
      ([id, verifying]): Author => ({ id, verifying }),
    )
    authors.set(key.x, author)
    if (authors.size > AUTHORS_KEPT) authors.delete(authors.keys().next().value!)
    return author
  }

  const seal = async (
    document: DocumentId,
    plain: Bytes,
    about: Pick<EnvelopeHeader, 'kind' | 'encoding' | 'previous'>,
  ): Promise<Sealed> => {
    sequence += 1
    const id = envelopeId(session, sequence)
    const place = sequence
    const coming = nextNonce
    nextNonce = nonceFor(session, place + 1)
    const epoch = deps.epoch()
    const header = encodeHeader({ ...about, epoch, device: devicePublicKey, session, sequence: place })
    const key = await deps.contentKeys(epoch)!('document', document)
    const data = additionalData(workspace, document, header)
    deps.onTaken(device.device, session, place)
    const nonce = await coming
    const bytes = await sealAndSign(key, device.signing, { nonce, data }, { header, plain })
    return { id, bytes, fingerprint: await fingerprintOf(bytes) }
  }

  return {
    session,
    seal: async (document, update, previous) => {
      const { encoding, bytes } = smallest(update)
      return seal(document, bytes, { kind: 'update', encoding, previous })
    },
    sealSnapshot: async (document, update, heads, previous) => {
      const { encoding, bytes } = smallest(update)
      return seal(document, encodeSnapshot(heads, bytes), { kind: 'snapshot', encoding, previous })
    },
    open: async (document, bytes) => {
      const parsed = parseEnvelope(bytes)
      if (!parsed.ok) return fail('envelope-malformed', parsed.error.message)
      const envelope = parsed.value
      const nonce = nonceOf(envelope)
      const { id: author, verifying } = await authorOf(envelope.device)
      const { session: from, sequence: place } = envelope
      if (!(await deps.counts(author, from, place))) return deps.isKnown(author) ? TOO_LATE : STRANGER
      const data = additionalData(workspace, document, envelope.headerBytes)
      const decryptWith = async (keys: ContentKeys): Promise<Bytes | null> =>
        decrypt(await keys('document', document), { nonce: await nonce, data }, envelope.ciphertext)
      // Both at once; what comes of the one is looked at only where the other is right.
      const early = deps.contentKeys(envelope.epoch)
      const decrypting = early && decryptWith(early)
      const signed = concatBytes(data, envelope.ciphertext)
      if (!(await isSignedBy(verifying, envelope.signature, signed)))
        return fail('envelope-signature', 'Its signature is wrong.')
      const keys = early ?? (await keysFor(envelope.epoch, deps))
      if (keys === null) return UNKNOWN_KEYS
      const plain = await (decrypting ?? decryptWith(keys))
      if (plain === null)
        return fail('envelope-sealed', 'It could not be opened with the keys of this device.')
      try {
        const { heads, update: encoded } =
          envelope.kind === 'snapshot' ? decodeSnapshot(plain) : { heads: null, update: plain }
        const update = asV1(encoded, envelope.encoding)
        const { id, previous } = envelope
        const fingerprint = await fingerprintOf(bytes)
        deps.onTaken(author, from, place)
        const isForAll = deps.isForAll(envelope.epoch)
        return ok({ id, session: from, previous, fingerprint, update, heads, isForAll })
      } catch {
        return fail('envelope-content', 'What it holds is damaged.')
      }
    },
    sealPresence: async (document, presence) => {
      const epoch = deps.epoch()
      const key = await deps.contentKeys(epoch)!('presence', document)
      const nonce = random(NONCE_BYTES)
      const data = presenceData(workspace, document)
      const ciphertext = await encrypt(key, { nonce, data }, new Uint8Array(presence))
      const prefix = new Uint8Array(4)
      new DataView(prefix.buffer).setUint32(0, epoch)
      return concatBytes(prefix, nonce, ciphertext)
    },
    openPresence: async (document, sealed) => {
      if (sealed.length < 4 + NONCE_BYTES) return null
      const whole = new Uint8Array(sealed)
      const epoch = new DataView(whole.buffer).getUint32(0)
      // It is not signed: with keys of before, anybody who was removed could show up here.
      if (epoch !== deps.epoch()) return null
      const key = await deps.contentKeys(epoch)?.('presence', document)
      const nonce = whole.subarray(4, 4 + NONCE_BYTES)
      const data = presenceData(workspace, document)
      return decrypt(key, { nonce, data }, whole.subarray(4 + NONCE_BYTES))
    },
  }
}
