import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { lockPath } from '../../scripts/project-lock.mjs'
import { makeProject, type Project, start, startBelowShell } from './project.ts'

let project: Project
beforeEach(() => {
  project = makeProject()
  project.write('server/main.ts', `const greeting: string = 'the relay runs'\nconsole.log(greeting)\n`)
})
afterEach(() => project.remove())

const run = (args: readonly string[], env?: NodeJS.ProcessEnv) => start(project, args, env).ended
const lines = (path: string) => project.read(path).trim().split('\n')

test('the first start installs, builds and starts the relay, and says so', async () => {
  const { code, output } = await run(['start'])
  expect(output).toMatch(/Installing what Holdfast needs[\s\S]*Building the app[\s\S]*the relay runs/)
  expect(code).toBe(0)
  expect(lines('npm-calls')).toEqual([
    'install --no-save --include=dev --include=optional --ignore-scripts --no-audit --no-fund --loglevel=error',
  ])
})

test('the second start does neither', async () => {
  await run(['start'])
  const { output } = await run(['start'])
  expect(output.trim()).toBe('the relay runs')
  expect([lines('npm-calls'), lines('builds')].map(calls => calls.length)).toEqual([1, 1])
})

test('a changed source is built again, and a changed lock file installed again', async () => {
  await run(['start'])
  project.write('src/main.ts', 'new')
  await run(['start'])
  expect(lines('builds')).toHaveLength(2)
  expect(lines('npm-calls')).toHaveLength(1)

  project.write('package-lock.json', '{"lockfileVersion": 4}')
  await run(['start'])
  expect(lines('npm-calls')).toHaveLength(2)
})

test('what an interrupted install left behind does not stay', async () => {
  project.write('node_modules/half/package.json', '{"na')
  await run(['start'])
  expect(() => project.read('node_modules/half/package.json')).toThrow()
})

test('a deleted dist is built again', async () => {
  await run(['start'])
  rmSync(join(project.root, 'dist'), { recursive: true })
  await run(['start'])
  expect(lines('builds')).toHaveLength(2)
})

test("a failed install gives npm's own reason and is tried again by the next start", async () => {
  const failed = await run(['start'], { FAKE_NPM_FAILS: '1' })
  expect(failed.code).toBe(1)
  expect(failed.output).toContain('npm error network is down')
  expect(failed.output).toContain('The next run of this command tries it again.')
  expect(failed.output).not.toContain('the relay runs')
  expect((await run(['start'])).output).toContain('the relay runs')
})

test('two first starts at once install and build once', async () => {
  const both = await Promise.all([run(['start']), run(['start'])])
  for (const { output } of both) expect(output).toContain('the relay runs')
  expect([lines('npm-calls'), lines('builds')].map(calls => calls.length)).toEqual([1, 1])
})

test('a lock that a killed command left behind holds nobody up', async () => {
  const { pid, ended } = start(project, ['unknown'])
  await ended
  writeFileSync(lockPath(`${project.root}/`), String(pid))
  expect((await run(['start'])).output).toContain('the relay runs')
})

test('the relay is told once to end, however often the terminal and npm say so, and its exit code counts', async () => {
  project.write(
    'server/main.ts',
    `let times = 0
    const staying = setInterval(() => {}, 1000)
    process.on('SIGINT', () => {
      times += 1
      setTimeout(() => {
        console.log('told ' + times)
        clearInterval(staying)
        process.exitCode = 7
      }, 200)
    })
    console.log('ready')`,
  )
  const relay = start(project, ['start'])
  await relay.printed('ready')
  relay.signal('SIGINT')
  relay.signal('SIGINT')
  expect(await relay.ended).toMatchObject({ code: 7, output: expect.stringContaining('told 1') })
})

test.skipIf(process.platform === 'win32')('the relay ends when npm is ended by another program', async () => {
  project.write(
    'server/main.ts',
    `const staying = setInterval(() => {}, 1000)
    process.on('SIGTERM', () => {
      console.log('everything is stored')
      clearInterval(staying)
    })
    console.log('ready')`,
  )
  const relay = startBelowShell(project, 'start')
  await relay.printed('ready')
  relay.signal('SIGTERM') // ends the shell, which tells nobody
  expect((await relay.ended).output).toContain('everything is stored')
})

test('arguments of a command reach it', async () => {
  project.write('server/client/main.ts', 'console.log(process.argv.slice(2).join(" "))')
  expect((await run(['relay-client', 'read', '--all'])).output).toContain('read --all')
})

test('an unknown command is named with those that exist', async () => {
  const { code, output } = await run(['strat'])
  expect(code).toBe(1)
  expect(output).toContain('"strat"')
  expect(output).toContain('start')
})
