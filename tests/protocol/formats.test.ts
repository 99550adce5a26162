import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { fromBase64url, toBase64url } from '../../protocol/bytes.ts'
import {
  additionalData,
  encodeHeader,
  fingerprintOf,
  nonceOf,
  parseEnvelope,
} from '../../protocol/envelope.ts'
import { HOME_DOCUMENT, publicKeyFromBytes, thumbprint } from '../../protocol/ids.ts'
import { decodeSlotContent, encodeSlotHeader, parseSlot, slotData } from '../../protocol/slot.ts'
import { type ContentPurpose, createContentKeys } from '../../worker/keys/key-derivation.ts'
import { decrypt, encrypt, isSigned, sealAndSign } from '../../worker/keys/signed-seal.ts'
import { decodeSnapshot, encodeSnapshot } from '../../worker/keys/snapshot-content.ts'
import { fromHex, toHex } from '../support/vectors/hex.ts'
import { importSigning } from '../support/vectors/import-keys.ts'
import vectors from './vectors/holdfast-envelope.json' with { type: 'json' }

/** Another implementation made these from README.md; ours must read them, and make the same of the same. */
const workspace = vectors.workspace.id
const keys = () => createContentKeys(workspace, fromHex(vectors.contentKeys.root))

test('a workspace and a device are named by the thumbprints of their keys', async () => {
  for (const named of [vectors.workspace, vectors.device])
    expect(await thumbprint(publicKeyFromBytes(fromHex(named.public)))).toBe(named.id)
})

test.each(vectors.contentKeys.keys)('the key of $purpose $document', async vector => {
  const key = await (await keys())(vector.purpose as ContentPurpose, vector.document)
  const same = await crypto.subtle.importKey('raw', fromHex(vector.key), 'AES-GCM', false, ['encrypt'])
  const cipher = { nonce: new Uint8Array(12), data: fromHex('') }
  expect(await encrypt(key, cipher, fromHex('00'))).toEqual(await encrypt(same, cipher, fromHex('00')))
})

describe.each(vectors.envelopes)('an envelope: $name', vector => {
  const bytes = fromHex(vector.bytes)
  const parsed = parseEnvelope(bytes)
  if (!parsed.ok) throw new Error(parsed.error.message)
  const envelope = parsed.value
  const data = additionalData(workspace, vector.document, envelope.headerBytes)

  test('has these fields, in this place, signed by the device', async () => {
    const { kind, encoding, epoch, session, sequence, id } = vector
    expect(envelope).toMatchObject({ kind, encoding, epoch, session, sequence, id })
    expect(toHex(envelope.device)).toBe(vectors.device.public)
    expect(toHex(envelope.previous)).toBe(vector.previous)
    expect(toHex(await fingerprintOf(bytes))).toBe(vector.fingerprint)
    expect(toHex(await nonceOf(envelope))).toBe(vector.nonce)
    expect(await isSigned(envelope, data)).toBe(true)
    if (vector.additionalData !== undefined) expect(toHex(data)).toBe(vector.additionalData)
  })

  test('opens to the text', async () => {
    const key = await (await keys())('document', vector.document)
    const plain = await decrypt(key, { nonce: await nonceOf(envelope), data }, envelope.ciphertext)
    expect(toHex(plain!)).toBe(vector.plain)
    const snapshot = vector.kind === 'snapshot' ? decodeSnapshot(plain!) : null
    if (snapshot) {
      expect(snapshot.heads).toEqual(vector.covers)
      expect(toHex(encodeSnapshot(snapshot.heads, snapshot.update))).toBe(vector.plain)
    }
    const doc = new Y.Doc()
    Y.applyUpdate(doc, snapshot?.update ?? plain!)
    expect(doc.getText('text').toJSON()).toBe(vector.text)
  })

  // Version 1 is read for good and made no more.
  if (envelope.sentNonce === null)
    test('is made the same of the same', async () => {
      const key = await (await keys())('document', vector.document)
      const header = encodeHeader(envelope)
      const signing = await importSigning(vectors.device.signing)
      const cipher = {
        nonce: await nonceOf(envelope),
        data: additionalData(workspace, vector.document, header),
      }
      const made = await sealAndSign(key, signing, cipher, { header, plain: fromHex(vector.plain) })
      expect(toHex(made)).toBe(vector.bytes)
    })

  test('fits no other document and no other workspace', async () => {
    const { headerBytes } = envelope
    expect(await isSigned(envelope, additionalData(workspace, HOME_DOCUMENT, headerBytes))).toBe(false)
    const other = vectors.device.id
    expect(await isSigned(envelope, additionalData(other, vector.document, headerBytes))).toBe(false)
  })
})

test('a slot', async () => {
  const vector = vectors.slot
  const parsed = parseSlot(fromHex(vector.bytes))
  if (!parsed.ok) throw new Error(parsed.error.message)
  const { epoch, device, nonce, header, ciphertext } = parsed.value
  expect([epoch, toHex(device), toHex(nonce)]).toEqual([vector.epoch, vectors.device.public, vector.nonce])
  expect(toHex(encodeSlotHeader(epoch, device, nonce))).toBe(toHex(header))
  const data = slotData(workspace, header)
  expect(await isSigned(parsed.value, data)).toBe(true)
  const plain = await decrypt(await (await keys())('presence', HOME_DOCUMENT), { nonce, data }, ciphertext)
  expect(toHex(plain!)).toBe(vector.plain)
  const [want] = vector.content.wants as [string, string][]
  expect(decodeSlotContent(plain!)).toEqual({
    ok: true,
    value: { ...vector.content, wants: [{ document: want![0], want: want![1] }] },
  })
})

test('presence', async () => {
  const { bytes, document, epoch, nonce, plain } = vectors.presence
  const sealed = fromHex(bytes)
  expect(new DataView(sealed.buffer).getUint32(0)).toBe(epoch)
  const data = new Uint8Array([
    ...new TextEncoder().encode('holdfast-presence'),
    ...fromBase64url(workspace),
    ...fromBase64url(document),
  ])
  const key = await (await keys())('presence', document)
  expect(toHex((await decrypt(key, { nonce: fromHex(nonce), data }, sealed.slice(16)))!)).toBe(plain)
  expect(toBase64url(fromHex(nonce))).toBe(toBase64url(sealed.slice(4, 16)))
})
