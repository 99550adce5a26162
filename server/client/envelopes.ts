import { randomBytes, webcrypto } from 'node:crypto'
import { concatBytes, toBase64url } from '../../protocol/bytes.ts'
import {
  encodeHeader,
  FINGERPRINT_BYTES,
  parseEnvelope,
  signedBytes,
  TAG_BYTES,
} from '../../protocol/envelope.ts'
import { type DocumentId, publicKeyFromBytes, SESSION_ID_BYTES, thumbprint } from '../../protocol/ids.ts'
import type { Account } from './key-file.ts'
import { rawPublicKey } from './key-file.ts'

/**
 * Puts bytes into a signed envelope where the cipher text would be. They are **not** sealed: this client has no
 * content keys. Relays take such an envelope, devices set it aside as unreadable.
 */
export const wrap = async (
  account: Account,
  document: DocumentId,
  payload: Uint8Array,
): Promise<Uint8Array> => {
  const header = encodeHeader({
    kind: 'update',
    encoding: 'v1',
    epoch: 0,
    device: rawPublicKey(account.device),
    session: toBase64url(randomBytes(SESSION_ID_BYTES)),
    sequence: 1,
    previous: new Uint8Array(FINGERPRINT_BYTES),
  })
  const body = concatBytes(payload, randomBytes(TAG_BYTES))
  const signed = signedBytes(account.workspace, document, header, body)
  const signature = await webcrypto.subtle.sign('Ed25519', account.device.privateKey, signed)
  return concatBytes(header, body, new Uint8Array(signature))
}

/** One line about an entry. `envelope` (base64url) is there where it was asked for. */
export const describeEntry = async (
  entry: { readonly position: number; readonly document: DocumentId; readonly envelope: Uint8Array },
  full: boolean,
): Promise<string> => {
  const { position, document, envelope } = entry
  const parsed = parseEnvelope(envelope)
  return JSON.stringify({
    position,
    document,
    ...(parsed.ok
      ? {
          id: parsed.value.id,
          kind: parsed.value.kind,
          epoch: parsed.value.epoch,
          device: await thumbprint(publicKeyFromBytes(parsed.value.device)),
        }
      : { unreadable: parsed.error.code }),
    bytes: envelope.length,
    ...(full ? { envelope: toBase64url(envelope) } : {}),
  })
}
