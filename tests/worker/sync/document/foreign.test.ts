import fc from 'fast-check'
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import {
  contentOf,
  contentWithout,
  isEmptyContent,
  joined,
  pendingContent,
} from '../../../../worker/sync/document/update-content.ts'
import { at, chainOf, createChannelRig, envelopeOf, START } from '../../../support/channel-rig.ts'

/** After this the others have had their time. */
const PATIENCE_MS = 10_000
const SOON_MS = 3_000

/** A document that is followed at a relay whose log is empty, while another relay is there. */
const live = async (haveAll = true) => {
  const rig = createChannelRig({ any: () => true, haveAll: () => haveAll })
  const life = await rig.start()
  await life.connected(START)
  await life.done(START)
  return { rig, life }
}

test('SYNC-10: what another relay brought is sent here only where this log does not bring it in time', async () => {
  const { life } = await live()
  life.fromElsewhere(envelopeOf(1, 'theirs'))
  await life.clock.pass(SOON_MS)
  expect([life.appends(), life.channel.unsent()]).toEqual([0, true])
  await life.clock.pass(PATIENCE_MS)
  expect([life.appends(), life.appended(), life.lacked()]).toEqual([1, 'theirs', 1])
  await life.confirmed(1, START, at(1))
  expect([life.channel.unsent(), life.channel.settled()]).toEqual([false, true])
})

test('SYNC-10: what this log brings too is not sent, in whatever pieces it comes', async () => {
  const { life } = await live()
  const [first, second] = chainOf(1, 'one ', 'two')
  life.fromElsewhere(first!)
  life.fromElsewhere(second!)
  await life.content(START, at(1), [first!])
  expect(life.channel.unsent()).toBe(true)
  await life.content(at(1), at(2), [second!])
  expect(life.channel.unsent()).toBe(false)
  await life.clock.pass(PATIENCE_MS)
  expect(life.appends()).toBe(0)
})

test('SYNC-10: deletions count as content', async () => {
  const { life } = await live()
  const doc = new Y.Doc()
  doc.getText('text').insert(0, 'gone')
  const written = Uint8Array.of(1, ...Y.encodeStateAsUpdate(doc))
  await life.content(START, at(1), [written])
  doc.getText('text').delete(0, 4)
  life.fromElsewhere(Uint8Array.of(2, ...Y.encodeStateAsUpdate(doc)))
  expect([life.text(), life.channel.unsent()]).toEqual(['', true])
  await life.clock.pass(PATIENCE_MS)
  expect(life.appended(written)).toBe('')
})

test('SYNC-10: a confirmation of own words says nothing of what another relay brought before them', async () => {
  const { rig, life } = await live()
  life.fromElsewhere(envelopeOf(1, 'theirs '))
  life.type('mine ')
  await life.clock.pass(1_000)
  expect(life.appends()).toBe(1)
  await life.confirmed(1, START, at(1))
  await life.clock.pass(500)
  expect([life.channel.clean(), life.channel.unsent()]).toEqual([null, true])

  // A crash, with only that on the disk.
  const again = await rig.start()
  await again.connected(at(1))
  await again.done(at(1))
  await again.clock.pass(PATIENCE_MS)
  expect(again.appended()).toContain('theirs')
})

test('SYNC-10: a confirmation of what another relay brought says nothing of own words that are not there yet', async () => {
  const { life } = await live(false)
  await life.lost()
  life.fromElsewhere(envelopeOf(1, 'theirs '))
  await life.connected(START)
  life.type('mine ')
  await life.done(START)
  await life.confirmed(life.appends(), START, at(life.appends()))
  await life.lost()
  expect(life.channel.unsent()).toBe(true)
})

test('SYNC-10: what this log completes, and another relay had brought before it, is sent here', async () => {
  const { life } = await live()
  const [first, second] = chainOf(1, 'one ', 'two')
  life.fromElsewhere(second!)
  expect(life.text()).toBe('')
  await life.content(START, at(1), [first!])
  expect([life.text(), life.channel.unsent()]).toEqual(['one two', true])
  await life.clock.pass(PATIENCE_MS)
  expect(life.appended(first!)).toBe('one two')
})

test('what this log itself brought early is not sent back to it', async () => {
  const { life } = await live()
  const [first, second] = chainOf(1, 'one ', 'two')
  await life.content(START, at(1), [second!])
  await life.content(at(1), at(2), [first!])
  await life.clock.pass(PATIENCE_MS)
  expect([life.text(), life.appends(), life.channel.unsent()]).toEqual(['one two', 0, false])
})

test('with other relays the log is read first: what it turns out to have is not sent', async () => {
  const { life } = await live()
  await life.content(START, at(1), [envelopeOf(1, 'old ')])
  await life.clock.pass(1_000)
  await life.lost()
  const theirs = envelopeOf(2, 'theirs ')
  life.fromElsewhere(theirs)
  await life.connected(at(2))
  expect(life.channel.unsent()).toBe(true)
  await life.content(at(1), at(2), [theirs])
  await life.done(at(2))
  await life.clock.pass(PATIENCE_MS)
  expect([life.appends(), life.channel.unsent(), life.lacked()]).toEqual([0, false, 0])
})

test('what no relay has is sent as soon as the log was read', async () => {
  const { life } = await live(false)
  await life.lost()
  life.type('mine')
  await life.connected(START)
  expect([life.appends(), life.channel.unsent()]).toEqual([0, true])
  await life.done(START)
  expect([life.appends(), life.appended()]).toEqual([1, 'mine'])
})

/** A document after random edits, and its updates one by one. */
const edited = (edits: readonly { readonly at: number; readonly remove: boolean }[]) => {
  const doc = new Y.Doc()
  const updates: Uint8Array[] = []
  doc.on('update', (update: Uint8Array) => updates.push(update))
  const text = doc.getText('text')
  for (const { at, remove } of edits) {
    const place = at % (text.length + 1)
    if (remove && place < text.length) text.delete(place, 1)
    else text.insert(place, 'ab')
  }
  return { doc, updates }
}

const edits = fc.array(fc.record({ at: fc.nat(50), remove: fc.boolean() }), { minLength: 1, maxLength: 30 })

test('the parts of a document make its content, and each part taken from it leaves the rest', () => {
  fc.assert(
    fc.property(edits, fc.nat(), (made, cut) => {
      const { doc, updates } = edited(made)
      const all = contentOf(Y.encodeStateAsUpdate(doc))
      const parts = updates.map(contentOf)
      expect(joined(...parts)).toEqual(all)
      const middle = cut % (parts.length + 1)
      const [before, after] = [joined(...parts.slice(0, middle)), joined(...parts.slice(middle))]
      const rest = contentWithout(all, before)
      expect(isEmptyContent(contentWithout(rest, after))).toBe(true)
      expect(joined(rest, before)).toEqual(all)
      expect(isEmptyContent(contentWithout(all, all))).toBe(true)
    }),
  )
})

test('what waits in a document is what came too early', () => {
  const { updates } = edited([
    { at: 0, remove: false },
    { at: 1, remove: false },
  ])
  const doc = new Y.Doc()
  Y.applyUpdate(doc, updates[1]!)
  expect(pendingContent(doc)).toEqual(contentOf(updates[1]!))
  Y.applyUpdate(doc, updates[0]!)
  expect(isEmptyContent(pendingContent(doc))).toBe(true)
})
