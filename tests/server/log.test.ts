import { describe, expect, test } from 'vitest'
import { RELAY_PROTOCOL } from '../../protocol/version.ts'
import { randomDocument } from './support/member.ts'
import { aRelayHere } from './support/relay-here.ts'
import { aGroupAt, join, post } from './support/setup.ts'

describe('the log of a workspace', () => {
  test('RLY-1: a device greets an empty log and reads back what it appended', async () => {
    const relay = await aRelayHere()
    const group = await aGroupAt(relay)
    const client = await join(relay, group)
    expect(client.received[0]).toMatchObject({
      head: { position: 0, stamp: null },
      generation: 0,
      protocol: RELAY_PROTOCOL,
    })

    const document = randomDocument()
    const sealed = await group.owner.seal(document)
    client.send({ type: 'append', document, envelopes: [sealed.bytes] })
    const known = await client.next('known')
    expect(known).toMatchObject({
      document,
      envelopes: [sealed.id],
      from: { position: 0 },
      to: { position: 1 },
    })

    client.send({ type: 'load', document, after: 0, request: 7 })
    const content = await client.next('content')
    expect(content).toMatchObject({ document, request: 7, from: { position: 0, stamp: null }, to: known.to })
    expect(content.entries).toEqual([{ position: 1, envelope: sealed.bytes }])
    expect(await client.next('done')).toMatchObject({ document, request: 7, head: known.to })
  })

  test('RLY-5: others get what was appended, each piece beginning where the last one ended', async () => {
    const relay = await aRelayHere()
    const group = await aGroupAt(relay)
    const [writer, reader] = [await join(relay, group), await join(relay, group)]
    const [document, other] = [randomDocument(), randomDocument()]
    reader.send({ type: 'load', document, after: 0, request: 1 })
    const { head } = await reader.next('done')
    for (const target of [document, other, document]) {
      const { bytes } = await group.owner.seal(target)
      writer.send({ type: 'append', document: target, envelopes: [bytes] })
    }
    const first = await reader.next('content')
    const second = await reader.next('content')
    expect(first.from).toEqual(head)
    expect([first.to.position, second.to.position]).toEqual([1, 3])
    expect(second.from).toEqual(first.to)
  })

  test('RLY-2: by HTTP, many documents at once are known after the commit', async () => {
    const relay = await aRelayHere()
    const group = await aGroupAt(relay)
    const documents = [randomDocument(), randomDocument()]
    const appends = await Promise.all(
      documents.map(async document => ({ document, envelopes: [await group.owner.seal(document)] })),
    )
    const { status, answer } = await post(relay, group, appends)
    expect(status).toBe(200)
    expect(answer.refused).toEqual([])
    expect(answer.known.map(known => known.document)).toEqual(documents)
  })
})
