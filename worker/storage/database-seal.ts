import { type Bytes, concatBytes } from '../../protocol/bytes.ts'
import { decodeValue, encodeValue } from './value-codec.ts'

/** Seals and opens what one database holds. Rejects what it did not seal, and what lies where it does not belong. */
export interface DatabaseSeal {
  sealRow(update: Uint8Array): Promise<Bytes>
  openRow(sealed: Uint8Array): Promise<Bytes>
  sealValue(key: string, value: unknown): Promise<Bytes>
  openValue(key: string, sealed: Uint8Array): Promise<unknown>
}

/** The seal of each database, by its name. */
export type SealOf = (database: string) => Promise<DatabaseSeal>

const NONCE_BYTES = 12
const ascii = (text: string): Bytes => new TextEncoder().encode(text)

/**
 * By an AES-256-GCM key of this database alone: 12 random bytes, then the cipher text. Additional data names the
 * database, and what it is: an update, or the value of this key.
 */
export const createDatabaseSeal = (database: string, key: CryptoKey): DatabaseSeal => {
  const about = (what: string): Bytes => ascii(`holdfast-row\n${database}\n${what}`)
  const seal = async (what: string, plain: Bytes): Promise<Bytes> => {
    const iv = crypto.getRandomValues(new Uint8Array(NONCE_BYTES))
    const algorithm = { name: 'AES-GCM', iv, additionalData: about(what) }
    return concatBytes(iv, new Uint8Array(await crypto.subtle.encrypt(algorithm, key, plain)))
  }
  const open = async (what: string, sealed: Uint8Array): Promise<Bytes> => {
    const iv = new Uint8Array(sealed.subarray(0, NONCE_BYTES))
    const algorithm = { name: 'AES-GCM', iv, additionalData: about(what) }
    const cipher = new Uint8Array(sealed.subarray(NONCE_BYTES))
    return new Uint8Array(await crypto.subtle.decrypt(algorithm, key, cipher))
  }
  return {
    sealRow: update => seal('update', new Uint8Array(update)),
    openRow: sealed => open('update', sealed),
    sealValue: (name, value) => seal(`value ${name}`, encodeValue(value)),
    openValue: async (name, sealed) => decodeValue(await open(`value ${name}`, sealed)),
  }
}
