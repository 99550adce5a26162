import { expect, test, vi } from 'vitest'
import { openClient } from './support/client.ts'
import { randomDocument } from './support/member.ts'
import { aGroupAt, aRelay, join, post } from './support/setup.ts'

// Processes are started several times, on machines that may be busy.
vi.setConfig({ testTimeout: 60_000 })

test('RLY-2: after kill -9 in the middle of appending, everything that was known is there, byte for byte', async () => {
  const relay = await aRelay()
  const group = await aGroupAt(relay)
  const document = randomDocument()
  const client = await join(relay, group)
  const sealed = await Promise.all(Array.from({ length: 600 }, () => group.owner.seal(document)))
  for (const { bytes } of sealed) client.send({ type: 'append', document, envelopes: [bytes] })
  const known = new Set<string>()
  while (known.size < 200) for (const id of (await client.next('known')).envelopes) known.add(id)
  await relay.kill()
  await client.closed
  for (const message of client.received) {
    if (message.type === 'known') for (const id of message.envelopes) known.add(id)
  }

  const again = await aRelay({ dataDir: relay.dataDir, port: relay.port })
  const reader = await join(again, group)
  reader.send({ type: 'load', document, after: 0, request: 1 })
  await reader.next('done')
  const stored = reader.received
    .filter(message => message.type === 'content')
    .flatMap(content => content.entries.map(entry => entry.envelope))
  const kept = new Set(stored.map(bytes => Buffer.from(bytes).toString('hex')))
  for (const { id, bytes } of sealed) {
    if (known.has(id)) expect(kept.has(Buffer.from(bytes).toString('hex'))).toBe(true)
  }

  const rest = await post(again, group, [{ document, envelopes: sealed }])
  expect(rest.answer.refused).toEqual([])
  expect(rest.answer.known[0]!.to.position).toBe(600)
})

test('RLY-22: a restarted relay has the same log, an emptied one another', async () => {
  const relay = await aRelay()
  const group = await aGroupAt(relay)
  const before = (await join(relay, group)).received[0]
  expect(await relay.stop()).toBe(0)
  const again = await aRelay({ dataDir: relay.dataDir, port: relay.port })
  expect((await join(again, group)).received[0]).toEqual(before)
  await again.stop()
  const empty = await aRelay({ port: relay.port })
  const token = await group.owner.token(empty.url)
  expect((await openClient(empty.url, group.workspace, { token }).closed).reason).toBe('unknown-workspace')
})

test('RLY-18: asked to stop, it says good-bye, keeps what it confirmed and ends within two seconds', async () => {
  const relay = await aRelay()
  const group = await aGroupAt(relay)
  const document = randomDocument()
  const [client, silent] = [await join(relay, group), await join(relay, group)]
  silent.socket.pause() // does not even answer the close
  const sealed = await group.owner.seal(document)
  client.send({ type: 'append', document, envelopes: [sealed.bytes] })
  await client.next('known')
  const begun = performance.now()
  const [code, closing] = await Promise.all([relay.stop(), client.closed])
  expect(performance.now() - begun).toBeLessThan(2000)
  expect(code).toBe(0)
  expect(closing).toEqual({ code: 4503, reason: 'shutting-down' })
  const again = await aRelay({ dataDir: relay.dataDir })
  const repeated = await post(again, group, [{ document, envelopes: [sealed] }])
  expect(repeated.answer.known[0]).toMatchObject({ from: { position: 1 }, to: { position: 1 } })
})

test('RLY-15: a reader that does not read is sent away, and the others do not notice', async () => {
  const relay = await aRelay()
  const group = await aGroupAt(relay)
  const document = randomDocument()
  const [writer, slow, quick] = [await join(relay, group), await join(relay, group), await join(relay, group)]
  for (const reader of [slow, quick]) {
    reader.send({ type: 'load', document, after: 0, request: 1 })
    await reader.next('done')
  }
  slow.socket.pause()
  for (let n = 0; n < 4; n += 1) {
    const { bytes } = await group.owner.seal(document, { bytes: 12_000_000 })
    writer.send({ type: 'append', document, envelopes: [bytes] })
    await writer.next('known')
    expect((await quick.next('content')).entries).toHaveLength(1)
  }
  slow.socket.resume()
  expect(await slow.closed).toEqual({ code: 4408, reason: 'slow-reader' })
  expect(relay.logs()).toContain('slow-reader')
  const back = await join(relay, group)
  back.send({ type: 'load', document, after: 0, request: 1 })
  expect((await back.next('done')).head.position).toBe(4)
})

test('RLY-21: even the most talkative log holds no token', async () => {
  const relay = await aRelay({ env: { LOG_LEVEL: 'trace' } })
  const group = await aGroupAt(relay)
  const token = await group.owner.token(relay.url)
  const client = openClient(relay.url, group.workspace, { token })
  await client.next('hello')
  await client.close()
  await post(relay, group, [{ document: randomDocument(), envelopes: [] }], token)
  await relay.stop()
  for (const secret of [token, token.split('.')[2]!]) expect(relay.logs()).not.toContain(secret)
})
