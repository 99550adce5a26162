import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { type Environment, readConfig } from '../../server/config.ts'
import { aFolder } from './support/folder.ts'
import { aRelayHere } from './support/relay-here.ts'

vi.setConfig({ testTimeout: 60_000 })

const configOf = (environment: Environment) => {
  const config = readConfig(environment, '/project')
  if (!config.ok) throw new Error(config.error.message)
  return config.value
}

describe('settings', () => {
  test('with none at all it serves this machine only, with its data below the project', () => {
    expect(configOf({})).toMatchObject({
      host: 'localhost',
      port: 4321,
      dataDirectory: '/project/data',
      making: { kind: 'open' },
      publicOrigins: [],
      trustProxy: false,
      logLevel: 'warn',
    })
  })

  test('RLY-13: who may make a workspace follows from who can reach the relay', () => {
    expect(configOf({ HOST: '0.0.0.0' }).making).toEqual({ kind: 'closed' })
    expect(configOf({ HOST: '0.0.0.0', HOLDFAST_OPERATOR_CODE: 'x' }).making).toEqual({
      kind: 'code',
      code: 'x',
    })
    expect(configOf({ HOST: '127.0.0.1' }).making).toEqual({ kind: 'open' })
    expect(configOf({ HOLDFAST_PUBLIC_URL: 'https://notes.example' }).making).toEqual({ kind: 'closed' })
    expect(configOf({ HOLDFAST_PUBLIC_URL: 'http://localhost:5173' }).making).toEqual({ kind: 'open' })
  })

  test('lists are separated by commas', () => {
    const config = configOf({
      HOLDFAST_PUBLIC_URL: 'https://notes.example/, http://192.168.1.5:4321',
      HOLDFAST_TRUST_PROXY: '127.0.0.1, 10.0.0.0/8',
    })
    expect(config.publicOrigins).toEqual(['https://notes.example', 'http://192.168.1.5:4321'])
    expect(config.trustProxy).toEqual(['127.0.0.1', '10.0.0.0/8'])
  })

  test.each([
    ['PORT', 'http'],
    ['PORT', '70000'],
    ['HOLDFAST_PUBLIC_URL', 'notes.example'],
    ['HOLDFAST_PUBLIC_URL', 'https://notes.example/path'],
    ['HOLDFAST_ALLOWED_ORIGINS', '*'],
    ['HOLDFAST_WORKSPACE_BYTES', '10GB'],
    ['HOLDFAST_TRUST_PROXY', 'maybe'],
    ['LOG_LEVEL', 'loud'],
  ])('%s=%s is answered with one sentence that names the setting', (name, value) => {
    const config = readConfig({ [name]: value }, '/project')
    expect(config).toMatchObject({ ok: false, error: { code: 'bad-setting' } })
    if (!config.ok) expect(config.error.message).toMatch(new RegExp(`^${name} .*\\.$`))
  })
})

describe('a relay that cannot start says so in one line and ends with 1', () => {
  const run = async (env: Record<string, string>) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, '../../server/main.ts')], {
      env: { PATH: process.env.PATH, HOLDFAST_DATA: await aFolder(), ...env },
    })
    let said = ''
    child.stdout.on('data', text => {
      said += text
    })
    child.stderr.on('data', text => {
      said += text
    })
    const [code] = await once(child, 'close')
    expect(said.trim().split('\n')).toHaveLength(1)
    return { code, said: said.trim() }
  }

  test('where a setting is wrong', async () => {
    expect(await run({ PORT: 'x' })).toEqual({
      code: 1,
      said: 'PORT is "x", but must be a whole number from 0 to 65535.',
    })
  })

  test('where the port is taken', async () => {
    const relay = await aRelayHere()
    const second = await run({ PORT: String(relay.port) })
    expect(second.code).toBe(1)
    expect(second.said).toMatch(`Port ${relay.port} is taken`)
  })

  test('where the data directory cannot be used', async () => {
    const file = join(await aFolder(), 'file')
    await writeFile(file, '')
    const { code, said } = await run({ PORT: '0', HOLDFAST_DATA: file })
    expect(code).toBe(1)
    expect(said).toContain(file)
  })

  test('where the database is of another version, which it leaves alone', async () => {
    const directory = await aFolder()
    const { DatabaseSync } = await import('node:sqlite')
    const database = new DatabaseSync(join(directory, 'relay.sqlite'))
    database.exec('PRAGMA user_version = 99')
    database.close()
    const { code, said } = await run({ PORT: '0', HOLDFAST_DATA: directory })
    expect(code).toBe(1)
    expect(said).toContain('newer version')
  })
})
