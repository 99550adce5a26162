import { describe, expect, test } from 'vitest'
import { judge } from '../../protocol/access/judge.ts'
import { roleOfDevice } from '../../protocol/access/rights.ts'
import { readStatement, type Statement, signStatement } from '../../protocol/access/statement.ts'
import { publicKeyFromBytes } from '../../protocol/ids.ts'
import { formatInvitation, parseInvitation } from '../../protocol/invitation-link.ts'
import { checkToken } from '../../protocol/token.ts'
import { invitationKeys } from '../../worker/keys/invitation-keys.ts'
import { phraseSeed } from '../../worker/keys/phrase.ts'
import { openCard, openFormerRoot, openRoot, rootCheck } from '../../worker/keys/sealed-root.ts'
import { keyToWords, loadWords, wordsToKey } from '../../worker/keys/words.ts'
import { fromHex, toHex } from '../support/vectors/hex.ts'
import { importOpening, importSigning } from '../support/vectors/import-keys.ts'
import bip39 from './vectors/bip39.json' with { type: 'json' }
import vectors from './vectors/holdfast-access.json' with { type: 'json' }

/** Another implementation made these from README.md; ours must read them, and make the same of the same. */
const { workspace, device, roots, invitation, statements, token, phrase } = vectors

const readAll = async (): Promise<readonly Statement[]> => {
  const all: Statement[] = []
  for (const text of statements.texts) {
    const read = await readStatement(workspace.id, text)
    if (!read.ok) throw new Error(read.error.message)
    all.push(read.value)
  }
  return all
}

describe('statements', () => {
  test('are read, and known by their hashes', async () => {
    expect((await readAll()).map(({ hash }) => hash)).toEqual(statements.hashes)
  })

  test('come to these members, in whatever order', async () => {
    const all = await readAll()
    for (const order of [all, all.toReversed()]) {
      const access = judge(workspace.id, order)
      const members = [...access.devices.keys()].map(id => [id, roleOfDevice(access, id)])
      expect(Object.fromEntries(members)).toEqual(statements.members)
      expect(access.heads).toEqual([statements.hashes.at(-1)])
    }
  })

  test('are signed the same', async () => {
    const [, invited] = await readAll()
    const { ws, gen, prev, iat, acts } = invited!
    const signing = await importSigning(device.signing)
    const made = await signStatement(
      { ws, gen, prev, iat, acts },
      signing,
      publicKeyFromBytes(fromHex(device.public)),
    )
    expect(made).toBe(statements.texts[1])
  })

  test('hand the root to the device that joined, and only to it', async () => {
    const access = judge(workspace.id, await readAll())
    const [joined] = Object.keys(statements.members).filter(id => id !== device.id)
    const [copy] = access.epochs.get(access.epoch)!.roots.get(joined!)!
    const root = await openRoot(copy, await importOpening(statements.joined.opening))
    expect(root.ok && toHex(root.value)).toBe(roots.root)
    expect((await openRoot(copy, await importOpening(device.opening))).ok).toBe(false)
  })
})

test('an invitation: its keys follow from the seed, and the link says it', async () => {
  const seed = fromHex(invitation.seed)
  const keys = await invitationKeys(seed)
  expect(keys).toMatchObject({ id: invitation.id, sealing: invitation.sealing })
  expect(keys.publicKey).toEqual(publicKeyFromBytes(fromHex(invitation.public)))
  const content = { workspace: workspace.id, seed, relay: invitation.relay }
  expect(formatInvitation(invitation.app, content)).toBe(invitation.link)
  expect(parseInvitation(invitation.link)).toEqual({ ok: true, value: content })
})

test('a phrase stands for the seed of an invitation', async () => {
  expect(toHex(await phraseSeed(phrase.phrase, workspace.id))).toBe(phrase.seed)
})

test.each(bip39.vectors)('a key as words: $words', async ({ key, words }) => {
  const list = await loadWords()
  expect((await keyToWords(fromHex(key), list)).join(' ')).toBe(words)
  const read = await wordsToKey(words.split(' '), list)
  expect(read.ok && toHex(read.value)).toBe(key)
})

test('roots: sealed to a device, under a later root, and what tells them', async () => {
  const root = fromHex(roots.root)
  const opened = await openRoot(roots.sealed, await importOpening(device.opening))
  expect(opened.ok && toHex(opened.value)).toBe(roots.root)
  expect(await rootCheck(root)).toBe(roots.check)
  const former = await openFormerRoot(root, roots.former)
  expect(former.ok && toHex(former.value)).toBe(roots.formerRoot)
  expect(await openCard(roots.card, () => root)).toBe(roots.name)
})

test('a token', async () => {
  const { aud, iat } = token.claims
  const checked = await checkToken(token.text, { workspace: workspace.id, audiences: [aud], now: iat })
  expect(checked).toMatchObject({
    ok: true,
    value: { signer: device.id, scopes: ['read', 'write'], gen: token.claims.gen, exp: token.claims.exp },
  })
  const expected = { workspace: workspace.id, audiences: ['https://other.example'], now: iat }
  expect((await checkToken(token.text, expected)).ok).toBe(false)
})
