import { describe, expect, test } from 'vitest'
import { parseEnvelope } from '../../protocol/envelope.ts'
import type { Content, Entry } from '../../protocol/relay-messages.ts'
import { RELAY_PROTOCOL } from '../../protocol/version.ts'
import { randomDocument } from './support/member.ts'
import { aRelayHere } from './support/relay-here.ts'
import { aGroupAt, join, post } from './support/setup.ts'

const idOf = ({ envelope }: Entry): string => {
  const parsed = parseEnvelope(envelope)
  return parsed.ok ? parsed.value.id : ''
}

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
    const bring = async (targets: readonly string[]): Promise<void> => {
      const sealed = await Promise.all(targets.map(target => group.owner.seal(target)))
      for (const [index, { bytes }] of sealed.entries())
        writer.send({ type: 'append', document: targets[index]!, envelopes: [bytes] })
    }
    await bring([document, other, document])
    const pieces: Content[] = []
    const positions = () => pieces.flatMap(({ entries }) => entries.map(({ position }) => position))
    const readUpTo = async (end: number): Promise<void> => {
      while (positions().at(-1) !== end) pieces.push(await reader.next('content'))
    }
    await readUpTo(3)
    await bring([other, document])
    await readUpTo(5)
    expect(positions()).toEqual([1, 3, 5])
    expect(pieces.map(({ from }) => from)).toEqual([head, ...pieces.slice(0, -1).map(({ to }) => to)])
  })

  test('RLY-5: what is committed together comes together, but for what one brought oneself', async () => {
    const relay = await aRelayHere()
    const group = await aGroupAt(relay)
    const [ana, bo, reader] = [await join(relay, group), await join(relay, group), await join(relay, group)]
    const document = randomDocument()
    for (const client of [ana, bo, reader]) {
      client.send({ type: 'load', document, after: 0, request: 1 })
      await client.next('done')
    }
    const sealed = await Promise.all(Array.from({ length: 40 }, () => group.owner.seal(document)))
    const [anas, bos] = [
      sealed.filter((_, index) => index % 2 === 0),
      sealed.filter((_, index) => index % 2 === 1),
    ]
    for (const { bytes } of anas) ana.send({ type: 'append', document, envelopes: [bytes] })
    for (const { bytes } of bos) bo.send({ type: 'append', document, envelopes: [bytes] })

    while ((await reader.next('content')).to.position < sealed.length);
    for (const [client, own] of [
      [ana, anas],
      [bo, bos],
      [reader, [] as typeof sealed],
    ] as const) {
      client.send({ type: 'ping' })
      await client.next('pong')
      const news = client.received
        .filter(message => message.type === 'content' || message.type === 'known')
        .filter(({ to }) => to.position > 0)
      expect(news.map(({ from }) => from.position)).toEqual([
        0,
        ...news.slice(0, -1).map(({ to }) => to.position),
      ])
      const known = news.flatMap(message => (message.type === 'known' ? message.envelopes : []))
      const come = news.flatMap(message => (message.type === 'content' ? message.entries.map(idOf) : []))
      expect(known).toEqual(own.map(({ id }) => id))
      expect(come.sort()).toEqual(
        sealed
          .filter(one => !own.includes(one))
          .map(({ id }) => id)
          .sort(),
      )
    }
    expect(reader.received.filter(({ type }) => type === 'content').length).toBeLessThan(sealed.length)
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
