import { webcrypto } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { exportJWK, generateKeyPair, importJWK, type JWK } from 'jose'
import { fromBase64url, toBase64url } from '../../protocol/bytes.ts'
import {
  isPublicKey,
  isWorkspaceId,
  type PublicKey,
  thumbprint,
  type WorkspaceId,
} from '../../protocol/ids.ts'
import { type Scope, signToken } from '../../protocol/token.ts'
import { Failed, WRONG_USAGE } from './failure.ts'

/** What the file given by --key holds. It is as secret as the workspace. */
interface KeyFile {
  /** Origin of the relay. */
  readonly relay: string
  readonly workspace: WorkspaceId
  readonly workspaceKey: JWK
  readonly deviceKey: JWK
}

export interface SigningKeys {
  readonly id: string
  readonly publicKey: PublicKey
  readonly privateKey: CryptoKey
}

type CryptoKey = Awaited<ReturnType<typeof generateKeyPair>>['privateKey']

/** A workspace at a relay, with a device of ours that is a member. */
export interface Account {
  readonly relay: string
  readonly workspace: WorkspaceId
  readonly device: SigningKeys
  token(scopes: readonly Scope[]): Promise<string>
}

const ALGORITHM = 'EdDSA'
const OWNER_ONLY = 0o600

const generate = async (): Promise<JWK> =>
  exportJWK((await generateKeyPair(ALGORITHM, { crv: 'Ed25519', extractable: true })).privateKey)

const signingKeys = async (jwk: JWK): Promise<SigningKeys> => {
  const { kty, crv, x } = jwk
  const publicKey = { kty, crv, x }
  const privateKey = await importJWK(jwk, ALGORITHM)
  if (!isPublicKey(publicKey) || privateKey instanceof Uint8Array)
    throw new Failed(WRONG_USAGE, 'A key in the key file is not an Ed25519 key.')
  return { id: await thumbprint(publicKey), publicKey, privateKey }
}

/** Keys of a new workspace and its first device; `save` writes them, and refuses to replace a file. */
export const newAccount = async (relay: string) => {
  const [workspaceKey, deviceKey] = [await generate(), await generate()]
  const [root, device] = [await signingKeys(workspaceKey), await signingKeys(deviceKey)]
  const file: KeyFile = { relay, workspace: root.id, workspaceKey, deviceKey }
  const save = async (path: string): Promise<void> => {
    try {
      await writeFile(path, `${JSON.stringify(file, null, 2)}\n`, { mode: OWNER_ONLY, flag: 'wx' })
    } catch (error) {
      const exists = (error as { code?: string }).code === 'EEXIST'
      throw new Failed(
        WRONG_USAGE,
        exists
          ? `${path} exists and was left as it is. Choose another file.`
          : `${path} cannot be written: ${(error as Error).message}.`,
      )
    }
  }
  return { root, device, workspace: root.id, save }
}

/** A public X25519 key as every device has one. Nobody keeps the other half: this client opens nothing. */
export const unusedSealingKey = async (): Promise<string> => {
  const { subtle } = webcrypto
  const pair = (await subtle.generateKey('X25519', true, ['deriveBits'])) as webcrypto.CryptoKeyPair
  return toBase64url(new Uint8Array(await subtle.exportKey('raw', pair.publicKey)))
}

export const openAccount = async (path: string): Promise<Account> => {
  let file: KeyFile
  try {
    file = JSON.parse(await readFile(path, 'utf8')) as KeyFile
  } catch {
    throw new Failed(WRONG_USAGE, `${path} cannot be read as a key file. "create" makes one.`)
  }
  if (!isWorkspaceId(file.workspace) || typeof file.relay !== 'string')
    throw new Failed(WRONG_USAGE, `${path} is not a key file. "create" makes one.`)
  const device = await signingKeys(file.deviceKey)
  const { relay, workspace } = file
  return {
    relay,
    workspace,
    device,
    token: scopes => {
      const now = Math.floor(Date.now() / 1000)
      const request = { workspace, audience: relay, scopes, generation: 0, now }
      return signToken(request, device.privateKey, device.publicKey)
    },
  }
}

export const rawPublicKey = (keys: SigningKeys): Uint8Array => fromBase64url(keys.publicKey.x)
