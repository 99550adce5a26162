import { expect, test } from 'vitest'
import { REPLACED_KEPT_MS } from '../../protocol/limits.ts'
import { createManualClock } from '../support/manual-clock.ts'
import { aCore } from './support/in-process.ts'
import { randomDocument } from './support/member.ts'
import { aRelayHere } from './support/relay-here.ts'
import { aGroupAt, join } from './support/setup.ts'

/** Two members, one of whom follows a document of three entries. */
const aDocumentOfThree = async () => {
  const relay = await aRelayHere()
  const group = await aGroupAt(relay)
  const [writer, reader] = [await join(relay, group), await join(relay, group)]
  const document = randomDocument()
  const sealed = [0, 1, 2].map(() => group.owner.seal(document))
  const envelopes = (await Promise.all(sealed)).map(({ bytes }) => bytes)
  writer.send({ type: 'append', document, envelopes })
  await writer.next('known')
  reader.send({ type: 'load', document, after: 0, request: 1 })
  await reader.next('done')
  return { relay, group, writer, reader, document, envelopes }
}

test('SYNC-7: a snapshot is known to who brings it, comes to others as an entry, and stands alone in the history', async () => {
  const { group, writer, reader, document, envelopes } = await aDocumentOfThree()
  const snapshot = await group.owner.seal(document, { kind: 'snapshot' })
  writer.send({ type: 'replace', document, envelope: snapshot.bytes, replaced: [1, 2] })
  expect(await writer.next('known')).toMatchObject({
    envelopes: [snapshot.id],
    from: { position: 3 },
    to: { position: 4 },
  })
  const entry = { position: 4, envelope: snapshot.bytes }
  const { from, entries } = await reader.next('content', ({ to }) => to.position === 4)
  expect([from.position, entries]).toEqual([3, [entry]])

  writer.send({ type: 'load', document, after: 0, request: 2 })
  const history = await writer.next('content')
  expect(history.entries).toEqual([{ position: 3, envelope: envelopes[2] }, entry])
  expect(await writer.next('done')).toMatchObject({ head: { position: 4 } })
  // A device that had read two of them goes on from there: their place keeps its stamp.
  writer.send({ type: 'load', document, after: 2, request: 3 })
  expect((await writer.next('content')).from.stamp).not.toBeNull()
})

test('SYNC-7: what does not name entries as they are is refused, and nobody hears of it', async () => {
  const { group, writer, reader, document, envelopes } = await aDocumentOfThree()
  const other = randomDocument()
  const snapshot = async (of = document) => (await group.owner.seal(of, { kind: 'snapshot' })).bytes
  const update = (await group.owner.seal(document)).bytes
  const replace = { type: 'replace', document } as const
  writer.send({ ...replace, envelope: await snapshot(), replaced: [1, 9] })
  writer.send({ ...replace, document: other, envelope: await snapshot(other), replaced: [1] })
  writer.send({ ...replace, envelope: update, replaced: [1] })
  writer.send({ ...replace, envelope: await snapshot(other), replaced: [1] })
  const refusals: string[] = []
  for (let count = 0; count < 4; count++) refusals.push((await writer.next('refused')).code)
  expect(refusals.toSorted()).toEqual([
    'envelope-malformed',
    'envelope-signature',
    'replace-conflict',
    'replace-conflict',
  ])
  writer.send({ type: 'load', document, after: 0, request: 2 })
  expect((await writer.next('content')).entries.map(({ envelope }) => envelope)).toEqual(envelopes)
  reader.send({ type: 'ping' })
  await reader.next('pong')
  expect(reader.received.filter(({ type }) => type === 'content')).toHaveLength(1)
})

test('what was replaced is let go of an hour after it was seven days old, and no more once the relay is closed', async () => {
  const clock = createManualClock()
  const purged: number[] = []
  const { relay } = aCore({
    clock,
    wrap: store => ({
      ...store,
      purge: async before => {
        purged.push(before)
        return 0
      },
    }),
  })
  await clock.pass(3600 * 1000)
  expect(purged).toEqual([clock.now() - REPLACED_KEPT_MS])
  await relay.close()
  await clock.pass(3 * 3600 * 1000)
  expect(purged).toHaveLength(1)
})
