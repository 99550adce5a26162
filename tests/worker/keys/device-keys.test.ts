import { expect, test } from 'vitest'
import { loadDeviceKeys, type StoredKeys } from '../../../worker/keys/device-keys.ts'

/** A browser's storage, in which such keys as it cannot keep become null, as in WebKitGTK. */
const createStore = (storable: (key: CryptoKey) => boolean) => {
  let kept: StoredKeys | undefined
  const store = {
    keys: async () => kept,
    setKeys: async (keys: StoredKeys) => {
      const { signing, opening } = keys
      const isLost = !storable(signing) || (opening instanceof CryptoKey && !storable(opening))
      kept = isLost ? (null as unknown as undefined) : keys
    },
  }
  return { store, kept: () => kept }
}

const agree = async (opening: CryptoKey): Promise<string> => {
  const other = await crypto.subtle.importKey(
    'raw',
    Uint8Array.from({ length: 32 }, (_, index) => (index === 0 ? 9 : 0)),
    'X25519',
    false,
    [],
  )
  return Buffer.from(
    await crypto.subtle.deriveBits({ name: 'X25519', public: other }, opening, 256),
  ).toString('hex')
}

test.each([
  ['every kind of key', () => true],
  ['no X25519 key', (key: CryptoKey) => key.algorithm.name !== 'X25519'],
] as const)(
  'where a browser can store %s, the same keys are there at the next start',
  async (_, storable) => {
    const { store, kept } = createStore(storable)
    const first = await loadDeviceKeys(store, storable)
    expect(kept()).toBeDefined()
    const again = await loadDeviceKeys(store, storable)
    expect(again.device).toBe(first.device)
    expect(await agree(again.opening)).toBe(await agree(first.opening))
    for (const key of [first.signing, first.opening, again.opening]) expect(key.extractable).toBe(false)
  },
)
