import { isSoundPoint, isSoundSealingKey } from '../../../protocol/sound-point.ts'
import { verifyEd25519 } from '../../../protocol/web-crypto.ts'
import { decrypt, encrypt } from '../../../worker/keys/signed-seal.ts'
import aesGcm from '../../protocol/vectors/aes-gcm.json' with { type: 'json' }
import ed25519 from '../../protocol/vectors/ed25519.json' with { type: 'json' }
import points from '../../protocol/vectors/ed25519-points.json' with { type: 'json' }
import hkdf from '../../protocol/vectors/hkdf.json' with { type: 'json' }
import pbkdf2 from '../../protocol/vectors/pbkdf2.json' with { type: 'json' }
import x25519 from '../../protocol/vectors/x25519.json' with { type: 'json' }
import { flipped, fromHex, toHex } from './hex.ts'
import { importOpening, importSigning } from './import-keys.ts'

/** One thing to be true of the cryptography here, in whatever engine this runs. */
export interface Check {
  readonly name: string
  readonly holds: () => Promise<boolean>
}

const { subtle } = globalThis.crypto
const BASE_POINT = `09${'00'.repeat(31)}`
const SIGNED_BY_ANYBODY = 2 // of the two halves of a signature by a key that is the neutral point, R and S

const aesGcmChecks = aesGcm.vectors.flatMap((vector): readonly Check[] => {
  const cipher = { nonce: fromHex(vector.nonce), data: fromHex(vector.data) }
  const sealed = fromHex(vector.ciphertext + vector.tag)
  const key = (): Promise<CryptoKey> =>
    subtle.importKey('raw', fromHex(vector.key), 'AES-GCM', false, ['encrypt', 'decrypt'])
  const refuses = async (changed: Partial<typeof cipher>, bytes = sealed): Promise<boolean> =>
    (await decrypt(await key(), { ...cipher, ...changed }, bytes)) === null
  const bitsOf = (bytes: Uint8Array): readonly number[] => [...Array(bytes.length * 8).keys()]
  const all = async (checks: readonly Promise<boolean>[]): Promise<boolean> =>
    (await Promise.all(checks)).every(Boolean)
  return [
    {
      name: 'seals',
      holds: async () => toHex(await encrypt(await key(), cipher, fromHex(vector.plain))) === toHex(sealed),
    },
    {
      name: 'opens',
      holds: async () =>
        toHex((await decrypt(await key(), cipher, sealed)) ?? fromHex('ff')) === vector.plain,
    },
    {
      name: 'refuses each changed bit of cipher text and tag',
      holds: () => all(bitsOf(sealed).map(bit => refuses({}, flipped(sealed, bit)))),
    },
    {
      name: 'refuses each changed bit of the nonce',
      holds: () => all(bitsOf(cipher.nonce).map(bit => refuses({ nonce: flipped(cipher.nonce, bit) }))),
    },
    {
      name: 'refuses other additional data',
      holds: () =>
        all([
          ...bitsOf(cipher.data).map(bit => refuses({ data: flipped(cipher.data, bit) })),
          refuses({ data: fromHex(`${vector.data}00`) }),
        ]),
    },
    {
      name: 'refuses a tag that was cut short',
      holds: () => all([1, 4, 15, 16].map(less => refuses({}, sealed.slice(0, sealed.length - less)))),
    },
  ].map(check => ({ ...check, name: `AES-256-GCM, ${vector.name}: ${check.name}` }))
})

const hkdfChecks = hkdf.vectors.map(
  (vector): Check => ({
    name: `HKDF-SHA-256, ${vector.name}`,
    holds: async () => {
      const base = await subtle.importKey('raw', fromHex(vector.secret), 'HKDF', false, ['deriveBits'])
      const { salt, info } = vector
      const parameters = { name: 'HKDF', hash: 'SHA-256', salt: fromHex(salt), info: fromHex(info) }
      return toHex(await subtle.deriveBits(parameters, base, vector.key.length * 4)) === vector.key
    },
  }),
)

const pbkdf2Checks = pbkdf2.vectors.map(
  (vector): Check => ({
    name: `PBKDF2-HMAC-SHA-256, ${vector.name}`,
    holds: async () => {
      const base = await subtle.importKey('raw', fromHex(vector.password), 'PBKDF2', false, ['deriveBits'])
      const { salt, rounds: iterations } = vector
      const parameters = { name: 'PBKDF2', hash: 'SHA-256', salt: fromHex(salt), iterations }
      return toHex(await subtle.deriveBits(parameters, base, vector.key.length * 4)) === vector.key
    },
  }),
)

const agree = async (secret: string, other: string): Promise<string> => {
  const opening = await importOpening(secret)
  const sealing = await subtle.importKey('raw', fromHex(other), 'X25519', false, [])
  return toHex(await subtle.deriveBits({ name: 'X25519', public: sealing }, opening, 256))
}

const x25519Checks: readonly Check[] = [
  ...x25519.vectors.map(vector => ({
    name: `X25519, ${vector.name}`,
    holds: async () =>
      isSoundSealingKey(fromHex(vector.public)) &&
      (await agree(vector.private, vector.public)) === vector.shared,
  })),
  ...x25519.iterated.map(({ times, key }) => ({
    name: `X25519, RFC 7748, iterated ${times} times`,
    holds: async () => {
      let [scalar, point] = [BASE_POINT, BASE_POINT]
      for (let time = 0; time < times; time += 1) [scalar, point] = [await agree(scalar, point), scalar]
      return scalar === key
    },
  })),
  ...x25519.smallOrder.map(point => ({
    name: `X25519 agrees on nothing with the point of small order ${point}`,
    holds: () =>
      agree(x25519.vectors[0]!.private, point).then(
        () => false,
        () => !isSoundSealingKey(fromHex(point)),
      ),
  })),
]

const signs = async (vector: { secret?: string; message: string; signature: string }): Promise<boolean> => {
  if (vector.secret === undefined) return true
  const key = await importSigning(vector.secret)
  return toHex(await subtle.sign('Ed25519', key, fromHex(vector.message))) === vector.signature
}

const verifies = (vector: { public: string; message: string; signature: string }): Promise<boolean> =>
  verifyEd25519(fromHex(vector.public), fromHex(vector.signature), fromHex(vector.message))

const ed25519Checks: readonly Check[] = [
  ...ed25519.vectors.map(vector => ({
    name: `Ed25519, ${vector.name}`,
    holds: async () => (await signs(vector)) && (await verifies(vector)),
  })),
  ...ed25519.vectors.map(vector => ({
    name: `Ed25519, ${vector.name}: another text, key or signature is refused`,
    holds: async () =>
      !(await verifies({ ...vector, message: `${vector.message}00` })) &&
      !(await verifies({ ...vector, public: toHex(flipped(fromHex(vector.public), 7)) })) &&
      !(await verifies({ ...vector, signature: toHex(flipped(fromHex(vector.signature), 300)) })),
  })),
  ...ed25519.wrong.map(vector => ({
    name: `Ed25519 refuses ${vector.name}`,
    holds: async () => !(await verifies(vector)),
  })),
  ...points.vectors.map(vector => ({
    name: `Ed25519, ${vector.name}: ${vector.accepted ? 'accepted' : 'refused'}`,
    holds: async () => (await verifies(vector)) === vector.accepted,
  })),
  ...points.smallOrder.map(point => ({
    name: `Ed25519 takes no key of small order: ${point}`,
    holds: async () => {
      const signature = toHex(fromHex('01'.padEnd(SIGNED_BY_ANYBODY * 64, '0')))
      return !isSoundPoint(fromHex(point)) && !(await verifies({ public: point, message: '00', signature }))
    },
  })),
]

export const publicSets: readonly Check[] = [
  ...aesGcmChecks,
  ...hkdfChecks,
  ...pbkdf2Checks,
  ...x25519Checks,
  ...ed25519Checks,
]
