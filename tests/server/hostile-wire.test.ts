import fc from 'fast-check'
import { expect, test } from 'vitest'
import { TABLE_SIZE } from '../../protocol/short-tables.ts'
import { createClientEncoder } from '../../protocol/wire-codec.ts'
import { aCore, type Core, enter } from './support/in-process.ts'
import { createGroup, type Group, randomDocument } from './support/member.ts'

const setup = async (): Promise<{ core: Core; group: Group; made: Set<string> }> => {
  const core = aCore()
  const group = await createGroup()
  const stored = await core.relay.access.write(group.workspace, group.statements[0]!, null, null)
  if (!stored.ok) throw new Error(stored.error.message)
  return { core, group, made: new Set() }
}

const asText = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

test('RLY-10, RLY-14: short messages that are cut, changed, doubled or made up store nothing but what a member signed', async () => {
  const { core, group, made } = await setup()
  const documents = [randomDocument(), randomDocument()]
  const honest = await enter(core, group)
  let appended = 0
  const harm = fc.record({
    nth: fc.nat({ max: 7 }),
    cut: fc.option(fc.nat({ max: 260 })),
    changes: fc.array(fc.tuple(fc.nat({ max: 260 }), fc.nat({ max: 255 })), { maxLength: 3 }),
    twice: fc.boolean(),
    before: fc.option(fc.uint8Array({ minLength: 1, maxLength: 200 })),
  })
  await fc.assert(
    fc.asyncProperty(harm, async ({ nth, cut, changes, twice, before }) => {
      const client = await enter(core, group)
      const encode = createClientEncoder()
      for (let message = 0; message < 8; message += 1) {
        const document = documents[message % 2]!
        const { bytes } = await group.owner.seal(document, { bytes: 20 + message })
        made.add(asText(bytes))
        const short = encode({ type: 'append', document, envelopes: [bytes] })
        const harmed = message === nth
        if (harmed && before !== null)
          await client.session.receive(before.map((b, at) => (at === 0 ? b & 0x7f : b)))
        const sent = short.slice(0, harmed && cut !== null ? cut : undefined)
        if (harmed) for (const [at, value] of changes) if (at < sent.length) sent[at] = value
        for (let copies = harmed && twice ? 2 : 1; copies > 0; copies -= 1) await client.session.receive(sent)
      }
      client.session.ended()
      // Nobody else notices anything.
      const { id, bytes } = await group.owner.seal(documents[0]!)
      made.add(asText(bytes))
      await honest.send({ type: 'append', document: documents[0]!, envelopes: [bytes] })
      appended += 1
      const known = await honest.got('known', appended)
      expect(known.at(-1)).toMatchObject({ envelopes: [id] })
    }),
    { numRuns: 60 },
  )
  const entries = [...core.disk.logs.values()].flatMap(log => log.entries)
  expect(entries.length).toBeGreaterThan(60)
  for (const { envelope } of entries) expect(made.has(asText(envelope))).toBe(true)
  expect(core.failures).toEqual([])
})

test('RLY-5: a reader of more sessions and documents than are remembered gets every entry as it was stored', async () => {
  const { core, group } = await setup()
  const [writer, reader] = [await enter(core, group), await enter(core, group)]
  const documents = Array.from({ length: TABLE_SIZE + 20 }, randomDocument)
  for (const [request, document] of documents.entries())
    await reader.send({ type: 'load', document, after: 0, request })
  await reader.got('done', documents.length)
  const sent: string[] = []
  for (const round of [1, 2])
    for (const document of documents) {
      const { bytes } = await group.owner.seal(document, { bytes: 20 + round })
      sent.push(asText(bytes))
      await writer.send({ type: 'append', document, envelopes: [bytes] })
    }
  const content = await reader.got('content', documents.length + sent.length)
  const read = content.flatMap(message =>
    message.type === 'content' ? message.entries.map(({ envelope }) => asText(envelope)) : [],
  )
  expect(read).toEqual(sent)
})
