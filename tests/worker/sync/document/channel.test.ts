import { expect, onTestFinished, test, vi } from 'vitest'
import { Awareness, encodeAwarenessUpdate } from 'y-protocols/awareness'
import * as Y from 'yjs'
import {
  at,
  chainOf,
  createChannelRig,
  envelopeOf,
  KEYS_OF_SOME,
  KEYS_UNKNOWN,
  START,
} from '../../../support/channel-rig.ts'
import { settled } from '../../../support/manual-clock.ts'

/** A life of a worker whose document and log are empty, and that has read the log to its end. */
const live = async () => {
  const { start } = createChannelRig()
  const life = await start()
  await life.connected(START)
  await life.done(START)
  return { start, life }
}

/** The same, with one word that the relay has confirmed. */
const liveWith = async (word: string) => {
  const { start, life } = await live()
  life.type(word)
  await life.clock.pass(250)
  await life.confirmed(1, START, at(1))
  expect(life.channel.unsent()).toBe(false)
  return { start, life }
}

/** The same, with one entry that this device could not read twice, and that others found nothing wrong with. */
const liveWithUnreadable = async () => {
  const { life } = await live()
  const bad = Uint8Array.of(0)
  await life.content(START, at(1), [bad])
  life.answer()
  await life.clock.pass(1_000)
  await life.content(START, at(1), [bad])
  await life.done(at(1))
  return life
}

test('SYNC-1: nothing is sent before it was read back', async () => {
  const { life } = await live()
  const free = life.holdDisk()
  life.type('kept')
  await life.clock.pass(1_000)
  expect([life.appends(), life.channel.unsent()]).toEqual([0, true])
  free()
  await life.clock.pass(0)
  expect(life.appended()).toBe('kept')
})

test('SYNC-1: what is sealed while it is being stored goes as soon as it is stored', async () => {
  const { life } = await live()
  const sealed = life.holdSealing()
  const stored = life.holdDisk()
  life.type('kept')
  await life.clock.pass(250)
  sealed()
  await settled()
  expect([life.appends(), life.channel.unsent()]).toEqual([0, true])
  stored()
  await settled()
  expect(life.appended()).toBe('kept')
})

test('SYNC-1: of what was sealed and not stored when the worker died, nothing was sent', async () => {
  const { start, life } = await live()
  const stored = life.holdDisk()
  life.type('gone')
  await life.clock.pass(1_000)
  const next = await start()
  expect([life.appends(), next.text()]).toEqual([0, ''])
  stored()
})

test('what was stored and not sealed when the worker died is sent by the next one, in its own session', async () => {
  const { start, life } = await live()
  const sealed = life.holdSealing()
  life.type('kept')
  await life.clock.pass(1_000)
  const next = await start()
  await next.connected(START)
  await next.done(START)
  await next.clock.pass(1_000)
  expect([life.appends(), next.appended()]).toEqual([0, 'kept'])
  sealed()
})

test('what was sent and not confirmed when the worker died is sent again by the next one', async () => {
  const { start, life } = await live()
  life.type('kept')
  await life.clock.pass(1_000)
  const next = await start()
  await next.connected(START)
  await next.done(START)
  await next.clock.pass(1_000)
  expect([life.appended(), next.appended()]).toEqual(['kept', 'kept'])
})

test('what was written between the news of new keys and the keys is sent once they are there', async () => {
  const { life } = await live()
  life.setMayWrite(false)
  life.type('in between')
  await life.clock.pass(1_000)
  life.channel.membersChanged()
  expect([life.appends(), life.channel.unsent(), life.restarts()]).toEqual([0, true, 0])
  life.setMayWrite(true)
  life.channel.membersChanged()
  expect(life.restarts()).toBe(1)
  await life.lost()
  await life.connected(START)
  await life.done(START)
  await life.clock.pass(1_000)
  expect(life.appended()).toBe('in between')
})

test('SYNC-2: what was written without a connection is sent as it opens, and what follows in a batch of its own', async () => {
  const { life } = await live()
  await life.lost()
  life.type('before ')
  await life.connected(START)
  expect([life.appends(), life.appended()]).toEqual([1, 'before '])
  life.type('and after ')
  expect(life.appends()).toBe(1)
  await life.clock.pass(250)
  expect([life.appends(), life.appended()]).toEqual([2, 'and after before '])
})

test('SYNC-3: what was only deleted is unsent, for the next worker too', async () => {
  const { start, life } = await liveWith('word')
  await life.lost()
  life.erase(4)
  await life.clock.pass(200)
  expect(life.queued()).toHaveLength(1)

  const next = await start()
  expect(next.channel.unsent()).toBe(true)
  await next.connected(at(1))
  expect([next.appends(), next.text()]).toEqual([1, ''])
})

test('SYNC-4: a log that ends before what was read of it is noticed as put back', async () => {
  const { life } = await liveWith('here ')
  await life.lost()
  await life.connected({ position: 0, stamp: null })
  expect([life.otherHistories(), life.loads()]).toEqual([1, [0, 0]])
})

test('SYNC-4: another log is read from its start and gets what it lacks; answers from before count no more', async () => {
  const { life } = await liveWith('here ')
  await life.content(at(1, 'other'), at(2, 'other'), [])
  expect([life.otherHistories(), life.loads()]).toEqual([1, [0, 0]])
  await life.content(START, at(2), [envelopeOf(1, 'late')], 0)
  await life.content(at(1), at(2), [envelopeOf(1, 'late')], 0)
  expect([life.text(), life.loads()]).toEqual(['here ', [0, 0]])
  await life.content(START, at(2, 'other'), [envelopeOf(2, 'theirs ')])
  await life.done(at(2, 'other'))
  expect(life.text()).toContain('theirs ')
  expect([life.appends(), life.channel.unsent()]).toEqual([2, true])
  await life.confirmed(2, at(2, 'other'), at(3, 'other'))
  expect(life.channel.unsent()).toBe(false)
})

test('SYNC-4: an audit that a worker did not end is begun again by the next one, whatever was typed and confirmed meanwhile', async () => {
  const { start, life } = await liveWith('here ')
  life.type('and ')
  await life.content(at(1, 'other'), at(1, 'other'), [])
  await life.clock.pass(300)
  await life.confirmed(2, START, at(1, 'other'))
  await life.clock.pass(300)

  const next = await start()
  await next.connected(at(1, 'other'))
  await next.done(at(1, 'other'))
  expect(next.appended()).toBe('and here ')
})

test('SYNC-4: what waits here for what never came is sent again too where a log lacks it', async () => {
  const { life } = await live()
  const [first, second] = chainOf(1, 'one ', 'two')
  await life.content(START, at(2), [second!])
  await life.lost()
  await life.connected(START)
  await life.content(START, START, [])
  await life.done(START)
  expect([life.appends(), life.channel.unsent()]).toEqual([1, true])
  await life.confirmed(1, START, at(1, 'other'))
  await life.content(at(1, 'other'), at(2, 'other'), [first!])
  expect([life.text(), life.channel.unsent()]).toEqual(['one two', false])
  expect(life.appended(first!)).toBe('one two')
})

test('SYNC-4: what waits here and in the log is not sent again', async () => {
  const { life } = await live()
  const [, second] = chainOf(1, 'one ', 'two')
  await life.content(START, at(2), [second!])
  life.channel.audit()
  await life.content(START, at(2), [second!])
  await life.done(at(2))
  expect([life.appends(), life.channel.unsent()]).toEqual([0, false])
})

test('SYNC-4: what was stored of a log that was put back says nothing of what it grew into', async () => {
  const { life } = await liveWith('here ')
  await life.content(at(1), at(2), [envelopeOf(1, 'gone ')])
  await life.clock.pass(1_000)
  expect(life.channel.storedUpTo()?.position).toBe(2)
  const free = life.holdDisk()
  await life.content(at(2, 'other'), at(2, 'other'), [])
  await life.content(START, at(3, 'other'), [envelopeOf(3, 'theirs ')])
  await life.done(at(3, 'other'))
  await life.clock.pass(1_000)
  expect(life.channel.storedUpTo()?.position).toBe(0)
  free()
  await life.clock.pass(1_000)
  expect(life.channel.storedUpTo()?.position).toBe(3)
})

test('SYNC-8: what still answers a reading of before the document was closed says nothing of the next one', async () => {
  const { start, life } = await live()
  await life.content(START, at(1), [Uint8Array.of(0)])
  await life.clock.pass(1_000)
  await life.content(START, at(1), [Uint8Array.of(0)])
  await life.done(at(1))
  await life.clock.pass(1_000)

  const next = await start()
  await next.connected(at(1))
  await next.done(at(1), life.firstRequest())
  expect(next.channel.setAside()).toBe(1)
  await next.content(START, at(1), [envelopeOf(1, 'mended')])
  await next.done(at(1))
  expect([next.text(), next.channel.setAside()]).toEqual(['mended', 0])
})

test('SYNC-8: what cannot be read stops nothing behind it, is counted, and leads to an audit', async () => {
  const { life } = await live()
  await life.content(START, at(2), [Uint8Array.of(0), envelopeOf(2, 'good')])
  expect([life.text(), life.channel.setAside()]).toEqual(['good', 1])
  expect(life.channel.clean()).toBeNull()
  await life.clock.pass(1_000)
  expect(life.loads()).toEqual([0, 0])
})

test('SYNC-8: what cannot be read is not told to others as stored here, until one of them has looked for it', async () => {
  const { life } = await live()
  const bad = Uint8Array.of(0)
  await life.content(START, at(2), [bad, envelopeOf(2, 'good')])
  await life.clock.pass(1_000)
  await life.content(START, at(2), [bad, envelopeOf(2, 'good')])
  await life.done(at(2))
  await life.clock.pass(1_000)
  expect(life.channel.storedUpTo()).toEqual({ position: 0, quiet: false })
  life.answer()
  await life.clock.pass(1_000)
  await life.content(START, at(2), [bad, envelopeOf(2, 'good')])
  await life.done(at(2))
  await life.clock.pass(1_000)
  expect(life.channel.storedUpTo()).toEqual({ position: 2, quiet: true })
})

test('SYNC-8: what was sealed with keys that are not known here is not told as stored, whatever others found', async () => {
  const { life } = await live()
  const log = [KEYS_UNKNOWN, envelopeOf(2, 'good')]
  await life.content(START, at(2), log)
  life.answer()
  await life.clock.pass(1_000)
  await life.content(START, at(2), log)
  await life.done(at(2))
  await life.clock.pass(1_000)
  expect(life.channel.storedUpTo()).toEqual({ position: 0, quiet: false })
})

test('SYNC-9: what not every member has the keys of is sent again to those who ask, and once only', async () => {
  const { life } = await live()
  const some = envelopeOf(KEYS_OF_SOME, 'for all')
  await life.content(START, at(1), [some])
  life.channel.audit()
  await life.content(START, at(1), [some])
  await life.done(at(1))
  expect([life.appends(), life.appended()]).toEqual([1, 'for all'])
  const again = Uint8Array.of(1, ...some.slice(1))
  await life.confirmed(1, at(1), at(2))
  life.channel.audit()
  await life.content(START, at(2), [some, again])
  await life.done(at(2))
  expect(life.appends()).toBe(1)
})

test('SYNC-7: what not every member has the keys of stays in the log until the rest of it holds the same', async () => {
  const { start } = createChannelRig(undefined, 0)
  const life = await start()
  await life.connected(START)
  await life.done(START)
  const [one, two] = chainOf(2, 'one ', 'two ')
  const some = envelopeOf(KEYS_OF_SOME, 'for all')
  const log = [one!, two!, some]
  await life.content(START, at(3), log)
  life.channel.audit()
  await life.content(START, at(3), log)
  await life.done(at(3))
  expect([life.replaced(), life.appended(one!, two!)]).toEqual([[[1, 2]], expect.stringContaining('for all')])
  life.channel.audit()
  await life.content(START, at(4), [...log, Uint8Array.of(9, ...some.slice(1))])
  await life.done(at(4))
  expect(life.replaced().at(-1)?.toSorted()).toEqual([1, 2, 3, 4])
})

test('SYNC-8: what others found in the log is read once more as soon as content waits for it', async () => {
  const life = await liveWithUnreadable()
  const [first, second] = chainOf(2, 'one ', 'two')
  await life.content(at(1), at(2), [second!])
  expect([life.text(), life.channel.setAside()]).toEqual(['', 1])
  await life.clock.pass(1_000)
  await life.content(START, at(2), [first!, second!])
  await life.done(at(2))
  expect([life.text(), life.channel.setAside()]).toEqual(['one two', 0])
})

test('SYNC-8: what waits for an entry that stays bad is compared again with each connection, not for ever', async () => {
  const { life } = await live()
  const [, second] = chainOf(2, 'one ', 'two')
  const log = [Uint8Array.of(0), second!]
  await life.content(START, at(2), log)
  life.answer()
  await life.clock.pass(1_000)
  await life.content(START, at(2), log)
  await life.done(at(2))
  await life.clock.pass(60_000)
  const before = life.loads().length
  await life.lost()
  await life.connected(at(2))
  expect(life.loads().slice(before)).toEqual([0])
})

test('SYNC-8: what others could read and this device could not is read again with each connection', async () => {
  const life = await liveWithUnreadable()
  expect(life.channel.clean()).toEqual({ log: 'the log', position: 1, doubtful: true })
  await life.lost()
  await life.connected(at(1))
  await life.content(START, at(1), [envelopeOf(1, 'mended')])
  await life.done(at(1))
  expect([life.text(), life.channel.setAside()]).toEqual(['mended', 0])
  expect(life.channel.clean()).toEqual({ log: 'the log', position: 1 })
})

test('a batch that was refused stays unsent until the next connection takes it from the document again', async () => {
  const { life } = await live()
  life.type('once more')
  await life.clock.pass(250)
  const envelopes = ['life1.1']
  life.channel.refused({ type: 'refused', code: 'rate', message: 'Later.', document: null, envelopes })
  expect(life.channel.unsent()).toBe(true)
  await life.lost()
  await life.connected(START)
  await life.done(START)
  expect(life.appends()).toBe(2)
  await life.confirmed(2, START, at(1))
  expect(life.channel.unsent()).toBe(false)
})

test('what was being sealed as the connection was lost goes out once, with all else that is unsent', async () => {
  const { life } = await live()
  const release = life.holdSealing()
  life.type('one ')
  await life.clock.pass(250)
  await life.lost()
  life.type('two ')
  await life.connected(START)
  release()
  await life.clock.pass(0)
  expect([life.appends(), life.appended()]).toEqual([1, 'two one '])
})

test('what the relay does not confirm for two seconds goes into the outbox', async () => {
  const { life } = await live()
  life.type('slow')
  await life.clock.pass(250)
  await life.clock.pass(1_999)
  expect(life.queued()).toHaveLength(0)
  await life.clock.pass(1)
  expect(life.queued()).toHaveLength(1)
  await life.confirmed(1, START, at(1))
  expect([life.channel.queued(), life.channel.unsent()]).toEqual([false, false])
})

test('what the service worker delivered without us is unsent no more', async () => {
  const { life } = await live()
  await life.lost()
  life.type('on its own')
  await life.clock.pass(200)
  life.channel.delivered(life.queued())
  expect([life.channel.queued(), life.channel.unsent()]).toEqual([false, false])
  life.type('and more')
  expect(life.channel.unsent()).toBe(true)
})

/** What was typed without a connection lies in the outbox as the log turns out to be another, empty one. */
const outboxForAnotherLog = async () => {
  const { life } = await liveWith('here ')
  await life.lost()
  life.type('and ')
  await life.clock.pass(200)
  expect(life.queued()).toHaveLength(1)
  await life.connected(START)
  await life.content(START, START, [])
  await life.done(START)
  expect([life.appends(), life.appended()]).toEqual([2, 'and here '])
  return life
}

test('SYNC-4: an outbox entry that was made for another log confirms nothing of this one', async () => {
  const life = await outboxForAnotherLog()
  life.channel.delivered(life.queued())
  await life.lost()
  await life.connected(at(1, 'other'))
  await life.content(START, at(1, 'other'), [])
  await life.done(at(1, 'other'))
  expect([life.appends(), life.channel.unsent()]).toEqual([3, true])
})

test('SYNC-4: an outbox entry that was made for another log is made anew for this one', async () => {
  const life = await outboxForAnotherLog()
  await life.clock.pass(2_000)
  expect(life.queued()).toHaveLength(2)
})

test('a step that fails begins the connection again, and what it was about stays unsent', async () => {
  const said = vi.spyOn(console, 'error').mockReturnValue()
  onTestFinished(() => said.mockRestore())
  const { life } = await live()
  const release = life.holdSealing()
  life.type('kept')
  await life.clock.pass(250)
  release(new Error('The keys are gone.'))
  await life.clock.pass(0)
  expect([life.restarts(), life.appends()]).toEqual([1, 0])
  await life.lost()
  expect(life.channel.unsent()).toBe(true)
})

test('who is there is told of once, and never passed on for others', async () => {
  const { life } = await live()
  const other = new Awareness(new Y.Doc())
  onTestFinished(() => other.destroy())
  const theirs = (): Uint8Array => {
    other.setLocalState({})
    return encodeAwarenessUpdate(other, [other.clientID])
  }
  life.channel.setWatched(true)
  await settled()
  expect(life.presence()).toEqual([[life.self()]])
  await life.heard(theirs())
  expect(life.channel.present()).toBe(1)
  expect(life.presence()).toEqual([[life.self()], [life.self()]])
  await life.heard(theirs())
  expect(life.presence()).toHaveLength(2)
})

test('SYNC-7: a log that grew by what others wrote is read again too, since they may be gone; but they go first', async () => {
  const { life } = await live()
  await life.content(START, at(2), chainOf(1, 'x'.repeat(60_000), 'y'.repeat(60_000)))
  await life.clock.pass(9_000)
  expect(life.loads()).toEqual([0])
  await life.clock.pass(30_000)
  expect(life.loads()).toEqual([0, 0])
})
