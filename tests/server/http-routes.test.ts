import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { MAX_MESSAGE_BYTES } from '../../protocol/limits.ts'
import {
  accessPath,
  CBOR_TYPE,
  type LogAnswer,
  logPath,
  type RefusalAnswer,
} from '../../protocol/relay-http.ts'
import { CLOSE_CODES } from '../../protocol/relay-messages.ts'
import { type RunningRelay, startRelay } from '../support/relay.ts'
import { createDevice, createGroup, randomDocument } from './support/member.ts'
import { aRelayHere } from './support/relay-here.ts'
import { aGroupAt, join, post } from './support/setup.ts'

// Processes are started, on machines that may be busy.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let relay: RunningRelay
beforeAll(async () => {
  relay = await startRelay({ env: { HOLDFAST_ALLOWED_ORIGINS: 'https://friend.example' } })
})
afterAll(() => relay.discard())

/** The code of a refusal, after its status was found to be the one that belongs to it. */
const refusalIn = async (response: Response): Promise<string> => {
  const { error } = (await response.json()) as RefusalAnswer
  expect(response.status).toBe(CLOSE_CODES[error.code] - 4000)
  expect(error.message).toMatch(/^[A-Z].*\.$/)
  return error.code
}

const get = async (path: string, token?: string): Promise<Response> =>
  fetch(relay.url + path, token ? { headers: { authorization: `Bearer ${token}` } } : {})

describe('the log by HTTP', () => {
  test('RLY-14: each envelope is taken or refused for itself', async () => {
    const group = await aGroupAt(relay)
    const [good, bad] = [randomDocument(), randomDocument()]
    const sealed = await group.owner.seal(good)
    const { status, answer } = await post(relay, group, [
      { document: good, envelopes: [sealed] },
      { document: bad, envelopes: [await group.owner.seal(good)] },
    ])
    expect(status).toBe(200)
    expect(answer.known).toMatchObject([{ document: good, envelopes: [sealed.id], to: { position: 1 } }])
    expect(answer.refused).toMatchObject([{ document: bad, code: 'envelope-signature' }])
  })

  test('RLY-5: those who are connected get what came by HTTP', async () => {
    const group = await aGroupAt(relay)
    const reader = await join(relay, group)
    const document = randomDocument()
    reader.send({ type: 'load', document, after: 0, request: 1 })
    await reader.next('done')
    const sealed = await group.owner.seal(document)
    await post(relay, group, [{ document, envelopes: [sealed] }])
    expect((await reader.next('content')).entries).toEqual([{ position: 1, envelope: sealed.bytes }])
  })

  test('the log is read in pages, of one document or of all', async () => {
    const group = await aGroupAt(relay)
    const documents = [randomDocument(), randomDocument()]
    const sealed = await Promise.all([0, 1, 0].map(n => group.owner.seal(documents[n]!)))
    for (const [index, n] of [0, 1, 0].entries())
      await post(relay, group, [{ document: documents[n]!, envelopes: [sealed[index]!] }])
    const token = await group.owner.token(relay.url)
    const read = async (query: string) =>
      (await (await get(`${logPath(group.workspace)}?${query}`, token)).json()) as LogAnswer
    const first = await read('limit=2')
    expect(first).toMatchObject({ from: { position: 0 }, to: { position: 2 }, more: true })
    expect(first.entries.map(entry => entry.document)).toEqual(documents)
    const rest = await read(`after=${first.to.position}`)
    expect(rest).toMatchObject({ from: first.to, to: { position: 3 }, more: false })
    const ofOne = await read(`document=${documents[0]}`)
    expect(ofOne.entries.map(entry => entry.position)).toEqual([1, 3])
    expect(Buffer.from(ofOne.entries[1]!.envelope, 'base64url')).toEqual(Buffer.from(sealed[2]!.bytes))
    const bad = await get(`${logPath(group.workspace)}?after=soon`, token)
    expect(await refusalIn(bad)).toBe('malformed')
  })

  test('RLY-11: tokens and scopes count here too', async () => {
    const group = await aGroupAt(relay)
    const path = logPath(group.workspace)
    expect(await refusalIn(await get(path))).toBe('token-missing')
    expect(await refusalIn(await get(path, 'a.b.c'))).toBe('token-invalid')
    expect(await refusalIn(await get(path, await group.owner.token('https://other.example')))).toBe(
      'token-invalid',
    )
    expect(await refusalIn(await get(path, await group.owner.token(relay.url, { age: 2000 })))).toBe(
      'token-expired',
    )
    expect(await refusalIn(await get(path, await group.owner.token(relay.url, { scopes: ['write'] })))).toBe(
      'scope',
    )
    const stranger = await createDevice(group.workspace)
    expect(await refusalIn(await get(path, await stranger.token(relay.url)))).toBe('not-a-member')
    const unknown = await createGroup()
    expect(await refusalIn(await get(logPath(unknown.workspace), await unknown.owner.token(relay.url)))).toBe(
      'unknown-workspace',
    )
    const readOnly = await group.owner.token(relay.url, { scopes: ['read'] })
    const document = randomDocument()
    const { answer } = await post(
      relay,
      group,
      [{ document, envelopes: [await group.owner.seal(document)] }],
      readOnly,
    )
    expect(answer.error?.code).toBe('scope')
  })

  test('RLY-16: what strangers send is not taken into memory, so its end is not waited for', async () => {
    const group = await aGroupAt(relay)
    const stranger = await createDevice(group.workspace)
    const tokens = [null, await stranger.token(relay.url)]
    for (const [index, token] of tokens.entries()) {
      const status = await new Promise((resolve, reject) => {
        const headers = {
          'content-type': CBOR_TYPE,
          'content-length': MAX_MESSAGE_BYTES,
          ...(token && { authorization: `Bearer ${token}` }),
        }
        const upload = request(relay.url + logPath(group.workspace), { method: 'POST', headers })
        upload.on('error', reject)
        upload.on('response', ({ statusCode }) => {
          upload.on('error', () => undefined)
          upload.destroy()
          resolve(statusCode)
        })
        upload.write(new Uint8Array(1000)) // and never the rest
      })
      expect(status).toBe([401, 403][index])
    }
  })

  test('RLY-16: bodies that are too large, of another type or unreadable are refused', async () => {
    const group = await aGroupAt(relay)
    const token = await group.owner.token(relay.url)
    const send = (body: BodyInit, type = CBOR_TYPE) =>
      fetch(relay.url + logPath(group.workspace), {
        method: 'POST',
        body,
        headers: { authorization: `Bearer ${token}`, 'content-type': type },
      })
    expect(await refusalIn(await send(new Uint8Array(MAX_MESSAGE_BYTES + 1)))).toBe('too-large')
    expect(await refusalIn(await send(new Uint8Array([0xff])))).toBe('malformed')
    expect(await refusalIn(await send('{}', 'application/json'))).toBe('malformed')
  })
})

describe('addresses and origins', () => {
  test('RLY-20: what is nowhere is 404, also under names that others use', async () => {
    for (const path of [
      '/nowhere',
      '/w/',
      '/w/x/y/z',
      '/outbox/',
      '/outbox/entry',
      '/index.htm',
      '/%2e%2e/package.json',
    ])
      expect([path, await refusalIn(await get(path))]).toEqual([path, 'unknown-path'])
    const put = await fetch(`${relay.url}/outbox/entry`, { method: 'PUT', body: 'x' })
    expect(put.status).toBe(404)
    expect(await refusalIn(await get(`/w/${'A'.repeat(43)}`))).toBe('unknown-path')
  })

  test('RLY-19: pages of foreign origins get nothing; configured ones get what CORS needs', async () => {
    const group = await aGroupAt(relay)
    const ask = async (origin: string, method = 'GET') =>
      fetch(relay.url + accessPath(group.workspace), {
        method,
        headers: {
          origin,
          ...(method === 'GET' ? { authorization: `Bearer ${await group.owner.token(relay.url)}` } : {}),
        },
      })
    expect(await refusalIn(await ask('https://evil.example'))).toBe('origin')
    expect(await refusalIn(await ask('https://evil.example', 'OPTIONS'))).toBe('origin')
    const preflight = await ask('https://friend.example', 'OPTIONS')
    expect(preflight.status).toBe(204)
    expect(preflight.headers.get('access-control-allow-headers')).toContain('authorization')
    const answer = await ask('https://friend.example')
    expect(answer.status).toBe(200)
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://friend.example')
  })

  test('RLY-16: too many requests from one address are refused', async () => {
    const strict = await aRelayHere({ HOLDFAST_REQUESTS_PER_MINUTE: '3' })
    const ask = () => fetch(strict.url + logPath('A'.repeat(43)))
    for (let n = 0; n < 3; n += 1) expect(await refusalIn(await ask())).toBe('token-missing')
    expect(await refusalIn(await ask())).toBe('rate')
    expect((await fetch(`${strict.url}/healthz`)).status).toBe(200)
  })

  test('it says whether it lives and whether it is ready', async () => {
    expect((await get('/healthz')).status).toBe(200)
    expect((await get('/readyz')).status).toBe(200)
  })
})
