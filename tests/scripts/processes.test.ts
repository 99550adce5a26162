import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { start } from '../../scripts/checks/processes.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'processes-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const lives = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    // A process that has ended and that nobody has asked after is still in the list.
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ')
  } catch {
    return false
  }
}

/** A runner that starts a server of its own and notes its number. */
const runnerWithServer = (then: string): string => `
  const { spawn } = require('node:child_process')
  const { writeFileSync } = require('node:fs')
  const server = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
  writeFileSync(${JSON.stringify(join(folder, 'pid'))}, String(server.pid))
  ${then}`

const serverPid = async (): Promise<number> => {
  await vi.waitUntil(
    () => existsSync(join(folder, 'pid')) && readFileSync(join(folder, 'pid')).length > 0,
    5000,
  )
  return Number(readFileSync(join(folder, 'pid'), 'utf8'))
}

test.skipIf(process.platform !== 'linux')('a runner that crashes takes what it started with it', async () => {
  const { ended } = start(['-e', runnerWithServer('process.exit(3)')])
  expect(await ended).toBe(3)
  const pid = await serverPid()
  await vi.waitUntil(() => !lives(pid))
})

test.skipIf(process.platform !== 'linux')('a runner that is stopped does as well', async () => {
  const { ended, stop } = start(['-e', runnerWithServer('setInterval(() => {}, 1000)')])
  const pid = await serverPid()
  expect(lives(pid)).toBe(true)
  stop()
  expect(await ended).toBe(128 + 15)
  await vi.waitUntil(() => !lives(pid))
})

test('a runner that does not end in its time is stopped', async () => {
  const told = vi.spyOn(console, 'error').mockImplementation(() => {})
  const { ended } = start(['-e', 'setInterval(() => {}, 1000)'], { limitMs: 50 })
  expect(await ended).toBe(128 + 15)
  expect(told).toHaveBeenCalledWith(expect.stringContaining('did not end by itself'))
  told.mockRestore()
})
