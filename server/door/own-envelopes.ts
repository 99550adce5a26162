import { equalBytes } from '../../protocol/bytes.ts'
import type { DeviceId } from '../../protocol/ids.ts'
import type { Random } from '../platform/random.ts'

/**
 * What a connection's own device wrote. Nobody else can open a connection as this device, so a signature that this
 * device makes says nothing about an envelope that the connection did not say before: it is checked now and then, at
 * random, so that a device that signs wrongly is told, and somebody with a stolen token but no key is stopped.
 */
export interface OwnEnvelopes {
  /** Whether an envelope that says it is of this public key is stored without a check of its signature. */
  passes(publicKey: Uint8Array): boolean
  /** Whose envelope was checked, and what came of it. */
  checked(device: DeviceId, publicKey: Uint8Array, isRight: boolean): void
  /** False once one was wrong. */
  isTrusted(): boolean
}

/** Between two checks pass 0 to 31 envelopes, each number as likely as the others. */
const PASSING = 32

export const createOwnEnvelopes = (device: DeviceId, random: Random): OwnEnvelopes => {
  /** Known once the first was checked. */
  let key: Uint8Array | null = null
  let isTrusted = true
  let passing = 0
  return {
    passes: publicKey => {
      if (!isTrusted || key === null || !equalBytes(key, publicKey)) return false
      passing = passing === 0 ? random(1)[0]! % PASSING : passing - 1
      return passing > 0
    },
    checked: (author, publicKey, isRight) => {
      if (author !== device) return
      isTrusted &&= isRight
      key ??= publicKey
    },
    isTrusted: () => isTrusted,
  }
}
