import { exportJWK, generateKeyPair } from 'jose'
import type { Act, Cuts, Role } from '../../../protocol/access/acts.ts'
import { signJoin } from '../../../protocol/access/join-proof.ts'
import { readStatement, type Statement, signStatement } from '../../../protocol/access/statement.ts'
import { concatBytes, fromBase64url, toBase64url } from '../../../protocol/bytes.ts'
import {
  type EnvelopeKind,
  encodeHeader,
  FINGERPRINT_BYTES,
  signedBytes,
} from '../../../protocol/envelope.ts'
import {
  type DocumentId,
  type EnvelopeId,
  envelopeId,
  type PublicKey,
  type SessionId,
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
  readonly session: SessionId
  /** An envelope of the device's session; the cipher text is random, as it is to every relay. */
  seal(document: DocumentId, options?: SealOptions): Promise<Sealed>
  token(audience: string, options?: TokenOptions): Promise<string>
}

interface SealOptions {
  readonly bytes?: number
  readonly sequence?: number
  readonly kind?: EnvelopeKind
  readonly epoch?: number
  /** Whose envelope it says it is: its own unless told otherwise. */
  readonly as?: KeyPair
}

export interface TokenOptions {
  readonly scopes?: readonly Scope[]
  /** Seconds from now at which it is issued. */
  readonly age?: number
}

export const seconds = (): number => Math.floor(Date.now() / 1000)

const READ_WRITE: readonly Scope[] = ['read', 'write']

/** With keys that were made before: another life of the same device, in a session of its own. */
export const createDevice = async (workspace: WorkspaceId, before?: KeyPair): Promise<Device> => {
  const keys = before ?? (await createKeys())
  const session = toBase64url(random(16))
  let last = 0
  return {
    ...keys,
    session,
    seal: async (document, { bytes = 40, sequence, kind = 'update', epoch = 1, as = keys } = {}) => {
      const mine = sequence ?? last + 1
      last = mine
      const header = encodeHeader({
        kind,
        encoding: 'v1',
        epoch,
        device: fromBase64url(as.publicKey.x),
        session,
        sequence: mine,
        previous: new Uint8Array(FINGERPRINT_BYTES),
      })
      const ciphertext = new Uint8Array(bytes)
      for (let at = 0; at < bytes; at += 65_536) {
        crypto.getRandomValues(ciphertext.subarray(at, Math.min(at + 65_536, bytes)))
      }
      const signed = signedBytes(workspace, document, header, ciphertext)
      const signature = new Uint8Array(await subtle.sign('Ed25519', keys.privateKey, signed))
      return { id: envelopeId(session, mine), bytes: concatBytes(header, ciphertext, signature) }
    },
    token: (audience, { scopes = READ_WRITE, age = 0 } = {}) =>
      signToken(
        { workspace, audience, scopes, generation: 0, now: seconds() - age },
        keys.privateKey,
        keys.publicKey,
      ),
  }
}

/** The first public key in RFC 7748, section 6.1. To a relay it is one as any other, and sealed texts are texts. */
const SEALING = 'hSDwCYkwp1R0i33ctD73Wg2_Og0mOBr066SpjqqbTmo'

interface InvitationTerms {
  readonly once?: boolean
  readonly exp?: number | null
  readonly person?: string
}

export const inviteAct = (
  invitation: string,
  role: Role | null,
  { once = true, exp = seconds() + 600, person }: InvitationTerms = {},
): Act => ({
  do: 'invite',
  invitation,
  role,
  person: person ?? null,
  exp,
  once,
  sealing: SEALING,
  card: null,
})
export const joinAct = async (ws: WorkspaceId, invitation: KeyPair, device: KeyPair): Promise<Act> => ({
  do: 'join',
  device: device.id,
  sealing: SEALING,
  card: null,
  proof: await signJoin({ ws, invitation: invitation.id }, SEALING, device.privateKey, device.publicKey),
  root: { epoch: 1, sealed: 'sealed' },
})
export const removeAct = (devices: readonly string[], cuts: Cuts = {}): Act => ({
  do: 'remove',
  devices,
  cuts,
})
export const rotateAct = (epoch: number, readers: readonly string[]): Act => ({
  do: 'rotate',
  epoch,
  check: SEALING,
  roots: Object.fromEntries(readers.map(id => [id, 'sealed'])),
  former: {},
})
export const cardAct = (device: string, card: string): Act => ({ do: 'card', device, card })

/** A workspace with its own key and one device, and what was said about its members so far. */
export interface Group {
  readonly workspace: WorkspaceId
  readonly owner: Device
  /** Each after those it builds on. */
  readonly statements: string[]
  /** Signs the next statement, by default of the owner and after all that was said; does not send it. */
  say(acts: Act | readonly Act[], signer?: KeyPair, how?: HowSaid): Promise<string>
  /** A member with a device of their own, let in by the owner. Nothing is sent. */
  add(role: Role): Promise<Device>
}

interface HowSaid {
  /** How many of the statements its signer had heard: all unless told otherwise. */
  readonly heard?: number
  readonly iat?: number
}

export const createGroup = async (): Promise<Group> => {
  const root = await createKeys()
  const owner = await createDevice(root.id)
  const said: Statement[] = []
  const statements: string[] = []
  const say: Group['say'] = async (acts, signer = owner, { heard = said.length, iat = seconds() } = {}) => {
    const known = said.slice(0, heard)
    const heads = known.filter(({ hash }) => !known.some(({ prev }) => prev.includes(hash)))
    const claims = {
      ws: root.id,
      gen: heads.reduce((most, { gen }) => Math.max(most, gen + 1), 0),
      prev: heads.map(({ hash }) => hash).sort(),
      iat,
      acts: [acts].flat() as readonly Act[],
    }
    const text = await signStatement(claims, signer.privateKey, signer.publicKey)
    const statement = await readStatement(root.id, text)
    if (!statement.ok) throw new Error(statement.error.message)
    said.push(statement.value)
    statements.push(text)
    return text
  }
  await say([{ do: 'found', device: owner.id, sealing: SEALING, card: null }, rotateAct(1, [owner.id])], root)
  return {
    workspace: root.id,
    owner,
    statements,
    say,
    add: async role => {
      const [invitation, device] = [await createKeys(), await createDevice(root.id)]
      await say(inviteAct(invitation.id, role))
      await say(await joinAct(root.id, invitation, device), invitation)
      return device
    },
  }
}
