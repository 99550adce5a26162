import { spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A project on the disk, with the real scripts and stand-ins for what they call. Its path has a space in it. */
export interface Project {
  readonly root: string
  write(path: string, content: string): void
  read(path: string): string
  remove(): void
}

export const makeProject = (): Project => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'hold fast ')))
  const project: Project = {
    root,
    write: (path, content) => {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      writeFileSync(join(root, path), content)
    },
    read: path => readFileSync(join(root, path), 'utf8'),
    remove: () => rmSync(root, { recursive: true, force: true }),
  }
  cpSync(fileURLToPath(new URL('../../scripts', import.meta.url)), join(root, 'scripts'), { recursive: true })
  project.write('package.json', '{"type": "module"}')
  project.write('package-lock.json', '{"lockfileVersion": 3}')
  project.write('index.html', '<!doctype html>')
  project.write('fake/npm-cli.js', FAKE_NPM)
  return project
}

/** An npm that "installs" a bundler which writes dist/index.html, and counts how often it was asked. */
const FAKE_NPM = `
import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
appendFileSync('npm-calls', process.argv.slice(2).join(' ') + '\\n')
if (process.env.FAKE_NPM_FAILS) {
  console.error('npm error network is down')
  process.exit(9)
}
rmSync('node_modules', { recursive: true, force: true })
mkdirSync('node_modules/vite/bin', { recursive: true })
writeFileSync('node_modules/vite/bin/vite.js', \`
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
appendFileSync('builds', 'one\\\\n')
mkdirSync('dist', { recursive: true })
writeFileSync('dist/index.html', 'built')
\`)
`

export interface Ran {
  readonly code: number | null
  readonly output: string
}

export interface Started {
  readonly pid: number
  /** Resolves when a line has been printed that contains the text. */
  printed(text: string): Promise<void>
  signal(signal: NodeJS.Signals): void
  readonly ended: Promise<Ran>
}

/** Starts `node scripts/run.mjs …`. */
export const start = (project: Project, args: readonly string[], env: NodeJS.ProcessEnv = {}): Started =>
  follow(project, process.execPath, [join(project.root, 'scripts/run.mjs'), ...args], env)

/** Starts it below a shell, as npm does. The signals then go to the shell. */
export const startBelowShell = (project: Project, command: string): Started => {
  const line = `"${process.execPath}" "${join(project.root, 'scripts/run.mjs')}" ${command}; exit $?`
  return follow(project, '/bin/sh', ['-c', line], { npm_lifecycle_event: command })
}

const follow = (
  project: Project,
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Started => {
  const child = spawn(program, args, {
    cwd: tmpdir(), // npm calls from the project, but nothing may depend on it
    env: { ...process.env, npm_execpath: join(project.root, 'fake/npm-cli.js'), ...env },
  })
  let output = ''
  const lookers = new Set<() => void>()
  const hear = (chunk: Buffer) => {
    output += chunk
    for (const look of lookers) look()
  }
  child.stdout.on('data', hear)
  child.stderr.on('data', hear)
  const ended = new Promise<Ran>(resolve => child.once('close', code => resolve({ code, output })))
  return {
    pid: child.pid ?? 0,
    printed: text =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (!output.includes(text)) return
          lookers.delete(look)
          resolve()
        }
        lookers.add(look)
        look()
        void ended.then(() => reject(new Error(`It ended without printing "${text}": ${output}`)))
      }),
    signal: signal => child.kill(signal),
    ended,
  }
}
