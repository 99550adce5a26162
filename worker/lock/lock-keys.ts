import type { Bytes } from '../../protocol/bytes.ts'
import { createDatabaseSeal, type DatabaseSeal, type SealOf } from '../storage/database-seal.ts'

/** What the device's secret opens. Nothing of it can be taken out of the worker. */
export interface LockKeys {
  /** Wraps the device's private keys. */
  readonly wrapping: CryptoKey
  readonly sealOf: SealOf
  /** For what is not a document. */
  readonly deviceSeal: DatabaseSeal
}

const AES = { name: 'AES-GCM', length: 256 }

/** One key for each purpose and database out of the secret (HKDF-SHA-256, RFC 5869). The secret is wiped. */
export const createLockKeys = async (secret: Bytes): Promise<LockKeys> => {
  const base = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveKey'])
  secret.fill(0)
  const derive = (purpose: string, usages: KeyUsage[]): Promise<CryptoKey> => {
    const info = new TextEncoder().encode(`holdfast lock ${purpose}`)
    const hkdf = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(0), info }
    return crypto.subtle.deriveKey(hkdf, base, AES, false, usages)
  }
  const sealOf = async (name: string): Promise<DatabaseSeal> =>
    createDatabaseSeal(name, await derive(`database ${name}`, ['encrypt', 'decrypt']))
  const [wrapping, deviceSeal] = await Promise.all([
    derive('device keys', ['wrapKey', 'unwrapKey']),
    sealOf('holdfast-device'),
  ])
  return { wrapping, sealOf, deviceSeal }
}
