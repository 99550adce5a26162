import { expect, test } from 'vitest'
import { generateDeviceKeys, loadDeviceKeys, type StoredKeys } from '../../../worker/keys/device-keys.ts'

/** A browser's storage, in which keys of a curve become null, as in WebKitGTK. */
const createStore = (before?: StoredKeys) => {
  let kept = before
  const isOfCurve = (key: object): boolean => key instanceof CryptoKey && key.algorithm.name !== 'AES-GCM'
  const store = {
    keys: async () => kept,
    setKeys: async (keys: StoredKeys) => {
      kept = isOfCurve(keys.signing) || isOfCurve(keys.opening) ? (null as unknown as undefined) : keys
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

test('the same keys are there at the next start, also where a browser can store AES keys only', async () => {
  const { store, kept } = createStore()
  const first = await loadDeviceKeys(store)
  expect(kept()).toBeDefined()
  const again = await loadDeviceKeys(store)
  expect(again.device).toBe(first.device)
  expect(await agree(again.opening)).toBe(await agree(first.opening))
  const data = new Uint8Array(8)
  expect(new Uint8Array(await crypto.subtle.sign('Ed25519', again.signing, data))).toEqual(
    new Uint8Array(await crypto.subtle.sign('Ed25519', first.signing, data)),
  )
  for (const key of [first.signing, first.opening, again.signing, again.opening])
    expect(key.extractable).toBe(false)
})

test('keys that an earlier build stored as they are stay those of the device', async () => {
  const before = await generateDeviceKeys()
  const { store } = createStore(before)
  expect(await loadDeviceKeys(store)).toEqual(before)
})
