import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readConfig } from '../../server/config.ts'
import { type Running, start } from '../../server/start.ts'

let folder: string
let running: Running | undefined
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-app-'))
  const [directory, data] = [join(folder, 'app'), join(folder, 'data')]
  await mkdir(join(directory, 'assets'), { recursive: true })
  for (const name of [
    'index.html',
    'sw.js',
    'worker.js',
    'manifest.webmanifest',
    'assets/main-AbCd1234.js',
    '.secret',
  ])
    await writeFile(join(directory, name), `content of ${name}`)
  const config = readConfig({ PORT: '0', HOST: '127.0.0.1', HOLDFAST_DATA: data }, directory)
  if (!config.ok) throw new Error(config.error.message)
  running = await start(config.value, directory, pino({ level: 'silent' }))
})
afterAll(async () => {
  await running?.stop()
  await rm(folder, { recursive: true, force: true })
})

const get = (path: string): Promise<Response> => fetch(running!.addresses[0] + path)

test('RLY-23: the page is served at the root, under a policy that lets nothing else in', async () => {
  for (const path of ['/', '/index.html']) {
    const response = await get(path)
    expect(await response.text()).toBe('content of index.html')
    expect(response.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self';/)
    expect(response.headers.get('content-security-policy')).toContain("require-trusted-types-for 'script'")
    expect(response.headers.get('content-security-policy')).toContain("connect-src 'self';")
    expect(response.headers.get('cache-control')).toBe('no-cache')
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    expect(response.headers.get('referrer-policy')).toBe('no-referrer')
    expect(response.headers.get('cross-origin-opener-policy')).toBe('same-origin')
    expect(response.headers.get('x-frame-options')).toBe('DENY')
    expect(response.headers.get('content-type')).toMatch('text/html')
  }
})

test('RLY-23: the workers have a policy of their own, with which they reach other relays', async () => {
  for (const path of ['/worker.js', '/sw.js']) {
    const { headers } = await get(path)
    expect(headers.get('content-security-policy')).toMatch(
      /connect-src 'self' https: wss: http:\/\/localhost:\*/,
    )
    expect(headers.get('cache-control')).toBe('no-cache')
    expect(headers.get('content-type')).toMatch('javascript')
  }
})

test('RLY-23: only files with a hash in their name are kept for good', async () => {
  expect((await get('/assets/main-AbCd1234.js')).headers.get('cache-control')).toContain('immutable')
  expect((await get('/manifest.webmanifest')).headers.get('cache-control')).toBe('no-cache')
  const missing = await get('/assets/gone-00000000.js')
  expect([missing.status, missing.headers.get('cache-control')]).toEqual([404, 'no-store'])
})

test('RLY-20: nothing but the files of the app has an address; nothing falls back to the page', async () => {
  for (const path of [
    '/outbox/',
    '/outbox/x',
    '/notes/1',
    '/relay.sqlite',
    '/.secret',
    '/assets/',
    '/..%2fpackage.json',
  ])
    expect([path, (await get(path)).status]).toEqual([path, 404])
})
