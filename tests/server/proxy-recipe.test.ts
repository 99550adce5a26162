import { readFile } from 'node:fs/promises'
import { request } from 'node:https'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { encodeAppends } from '../../protocol/relay-bodies.ts'
import { encodeClientMessage } from '../../protocol/relay-codec.ts'
import { ACCESS_TYPE, accessPath, CBOR_TYPE, logPath, workspacePath } from '../../protocol/relay-http.ts'
import { createRelayDecoder } from '../../protocol/wire-codec.ts'
import { certificate } from './support/localhost-certificate.ts'
import { createGroup, randomDocument } from './support/member.ts'
import { aRelayHere } from './support/relay-here.ts'
import { withCode } from './support/setup.ts'
import { freePort, startTlsProxy } from './support/tls-proxy.ts'

vi.setConfig({ testTimeout: 60_000 })

const operations = await readFile(join(import.meta.dirname, '../../docs/operations.md'), 'utf8')

/** The block that follows a comment which names this test. */
const recipeFor = (what: string): string => {
  const block = new RegExp(
    `<!-- ${what}: tests/server/proxy-recipe\\.test\\.ts -->\\n\`\`\`\\w+\\n([^]*?)\`\`\``,
  )
  const recipe = block.exec(operations)?.[1]
  if (!recipe) throw new Error(`docs/operations.md has no recipe for ${what}`)
  return recipe
}

const settings = (): Record<string, string> =>
  Object.fromEntries(
    [...recipeFor('relay settings').matchAll(/^(\w+)=(\S+)/gm)].map(([, name, value]) => [name, value]),
  )

const send = (
  url: string,
  method: string,
  headers: Record<string, string> = {},
  body: string | Uint8Array = '',
): Promise<{ status: number; text: string }> =>
  new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, ca: certificate }, async response => {
      resolve({ status: response.statusCode!, text: Buffer.concat(await response.toArray()).toString() })
    })
    sent.on('error', reject)
    sent.end(body)
  })

test('with the settings of docs/operations.md a device works over HTTPS, and strangers need the code', async () => {
  const port = await freePort()
  const url = `https://localhost:${port}`
  const { HOLDFAST_PUBLIC_URL: documented, ...env } = settings()
  expect(documented).toBe('https://notes.example')
  const relay = await aRelayHere({ ...env, HOLDFAST_PUBLIC_URL: url })
  const proxy = await startTlsProxy(recipeFor('nginx'), port, relay.port)
  onTestFinished(() => proxy.close())

  const group = await createGroup()
  const put = (headers: Record<string, string>) =>
    send(
      url + accessPath(group.workspace),
      'PUT',
      { 'content-type': ACCESS_TYPE, origin: url, ...headers },
      group.statements[0],
    )
  expect((await put({})).status).toBe(403)
  expect((await put(withCode(env.HOLDFAST_OPERATOR_CODE!))).status).toBe(201)

  const token = await group.owner.token(url)
  const document = randomDocument()
  const large = await group.owner.seal(document, { bytes: 16_000_000 })
  const posted = await send(
    url + logPath(group.workspace),
    'POST',
    { 'content-type': CBOR_TYPE, authorization: `Bearer ${token}`, origin: url },
    encodeAppends([{ type: 'append', document, envelopes: [large.bytes] }]),
  )
  expect(JSON.parse(posted.text)).toMatchObject({ known: [{ envelopes: [large.id] }], refused: [] })

  const socket = new WebSocket(
    url.replace('https', 'wss') + workspacePath(group.workspace),
    ['holdfast', token],
    {
      origin: url,
      ca: certificate,
    },
  )
  onTestFinished(() => socket.terminate())
  const decode = createRelayDecoder()
  const received = (async function* () {
    const waiting: Uint8Array[] = []
    let wake = (): void => {}
    socket.on('message', data => {
      waiting.push(data as Buffer)
      wake()
    })
    for (;;) {
      while (waiting.length === 0) await new Promise<void>(resolve => (wake = resolve))
      const message = decode(waiting.shift()!)
      if (!message.ok) throw new Error(message.error.message)
      yield message.value
    }
  })()
  expect((await received.next()).value).toMatchObject({ type: 'hello', head: { position: 1 } })
  expect((await received.next()).value).toMatchObject({ type: 'slots' })
  socket.send(encodeClientMessage({ type: 'load', document, after: 0, request: 1 }))
  const { value: content } = await received.next()
  expect(content).toMatchObject({ type: 'content', from: { position: 0 }, to: { position: 1 } })
  expect((await received.next()).value).toMatchObject({ type: 'done' })
})
