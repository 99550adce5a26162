import type { Bytes } from '../../protocol/bytes.ts'

/** A secret that a passphrase opens: AES-256-GCM by a key stretched out of it with PBKDF2-SHA-256 (RFC 8018). */
export interface SealedSecret {
  readonly rounds: number
  readonly salt: Bytes
  readonly iv: Bytes
  readonly sealed: Bytes
}

/** What OWASP asks for in 2023, and as slow as a phone bears. It is stored, so that it can grow. */
const ROUNDS = 600_000
const SALT_BYTES = 16
const IV_BYTES = 12
const SECRET_BYTES = 32
const ABOUT = new TextEncoder().encode('holdfast-lock')

const fresh = (length: number): Bytes => crypto.getRandomValues(new Uint8Array(length))

/** The same passphrase is the same whether a keyboard writes é as one character or as two. */
const stretch = async (passphrase: string, salt: Bytes, rounds: number): Promise<CryptoKey> => {
  const bytes = new TextEncoder().encode(passphrase.normalize('NFC'))
  const base = await crypto.subtle.importKey('raw', bytes, 'PBKDF2', false, ['deriveKey'])
  const algorithm = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations: rounds }
  const aes = { name: 'AES-GCM', length: 256 }
  return crypto.subtle.deriveKey(algorithm, base, aes, false, ['encrypt', 'decrypt'])
}

export const newSecret = (): Bytes => fresh(SECRET_BYTES)

export const sealSecret = async (secret: Bytes, passphrase: string): Promise<SealedSecret> => {
  const [salt, iv] = [fresh(SALT_BYTES), fresh(IV_BYTES)]
  const key = await stretch(passphrase, salt, ROUNDS)
  const algorithm = { name: 'AES-GCM', iv, additionalData: ABOUT }
  const sealed = new Uint8Array(await crypto.subtle.encrypt(algorithm, key, secret))
  return { rounds: ROUNDS, salt, iv, sealed }
}

/** Null where the passphrase is another one. */
export const openSecret = async (
  { rounds, salt, iv, sealed }: SealedSecret,
  passphrase: string,
): Promise<Bytes | null> => {
  const key = await stretch(passphrase, salt, rounds)
  const algorithm = { name: 'AES-GCM', iv, additionalData: ABOUT }
  return crypto.subtle.decrypt(algorithm, key, sealed).then(
    secret => new Uint8Array(secret),
    () => null,
  )
}
