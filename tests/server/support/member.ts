import { exportJWK, generateKeyPair } from 'jose'
import { type AccessList, listHash, signAccessList } from '../../../protocol/access.ts'
import { concatBytes, fromBase64url, toBase64url } from '../../../protocol/bytes.ts'
import { type EnvelopeKind, encodeHeader, signedBytes } from '../../../protocol/envelope.ts'
import {
  type DocumentId,
  type EnvelopeId,
  envelopeId,
  type PublicKey,
  thumbprint,
  type WorkspaceId,
} from '../../../protocol/ids.ts'
import { type Scope, signToken } from '../../../protocol/token.ts'

const { subtle } = globalThis.crypto
const random = (length: number): Uint8Array<ArrayBuffer> => crypto.getRandomValues(new Uint8Array(length))

export const randomDocument = (): DocumentId => toBase64url(random(16))

export interface KeyPair {
  readonly id: string
  readonly publicKey: PublicKey
  readonly privateKey: CryptoKey
}

export const createKeys = async (): Promise<KeyPair> => {
  const pair = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true })
  const { x } = await exportJWK(pair.publicKey)
  const publicKey: PublicKey = { kty: 'OKP', crv: 'Ed25519', x: x! }
  return { id: await thumbprint(publicKey), publicKey, privateKey: pair.privateKey }
}

export interface Sealed {
  readonly id: EnvelopeId
  readonly bytes: Uint8Array
}

export interface Device extends KeyPair {
  /** An envelope of the device's session; the cipher text is random, as it is to every relay. */
  seal(
    document: DocumentId,
    options?: { bytes?: number; sequence?: number; kind?: EnvelopeKind },
  ): Promise<Sealed>
  token(audience: string, options?: TokenOptions): Promise<string>
}

export interface TokenOptions {
  readonly scopes?: readonly Scope[]
  /** Seconds from now at which it is issued. */
  readonly age?: number
}

export const seconds = (): number => Math.floor(Date.now() / 1000)

const READ_WRITE: readonly Scope[] = ['read', 'write']

export const createDevice = async (workspace: WorkspaceId): Promise<Device> => {
  const keys = await createKeys()
  const session = toBase64url(random(16))
  let last = 0
  return {
    ...keys,
    seal: async (document, { bytes = 40, sequence, kind = 'update' } = {}) => {
      last = sequence ?? last + 1
      const header = encodeHeader({
        kind,
        encoding: 'v1',
        epoch: 1,
        device: fromBase64url(keys.publicKey.x),
        session,
        sequence: last,
        previous: new Uint8Array(32),
        nonce: random(12),
      })
      const ciphertext = new Uint8Array(bytes)
      for (let at = 0; at < bytes; at += 65_536) {
        crypto.getRandomValues(ciphertext.subarray(at, Math.min(at + 65_536, bytes)))
      }
      const signed = signedBytes(workspace, document, header, ciphertext)
      const signature = new Uint8Array(await subtle.sign('Ed25519', keys.privateKey, signed))
      return { id: envelopeId(session, last), bytes: concatBytes(header, ciphertext, signature) }
    },
    token: (audience, { scopes = READ_WRITE, age = 0 } = {}) =>
      signToken(
        { workspace, audience, scopes, generation: 0, now: seconds() - age },
        keys.privateKey,
        keys.publicKey,
      ),
  }
}

/** A workspace with its own key and one device, and the access lists made so far. */
export interface Group {
  readonly workspace: WorkspaceId
  readonly owner: Device
  readonly lists: string[]
  /** Signs the next list; does not send it. */
  next(change: Partial<AccessList>, signer?: KeyPair): Promise<string>
  newest(): AccessList
}

export const createGroup = async (): Promise<Group> => {
  const root = await createKeys()
  const owner = await createDevice(root.id)
  let list: AccessList = {
    ws: root.id,
    gen: 0,
    prev: null,
    epoch: 1,
    members: { [owner.id]: 'owner' },
    invitations: {},
    roots: {},
    sealing: {},
    iat: seconds(),
  }
  const lists = [await signAccessList(list, root.privateKey, root.publicKey)]
  return {
    workspace: root.id,
    owner,
    lists,
    newest: () => list,
    next: async (change, signer = owner) => {
      list = { ...list, gen: list.gen + 1, prev: await listHash(lists.at(-1)!), iat: seconds(), ...change }
      const text = await signAccessList(list, signer.privateKey, signer.publicKey)
      lists.push(text)
      return text
    },
  }
}
