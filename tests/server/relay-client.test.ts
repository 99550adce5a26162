import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, onTestFinished, test, vi } from 'vitest'
import { toBase64url } from '../../protocol/bytes.ts'
import { runClient } from '../../server/client/client.ts'
import { aFolder } from './support/folder.ts'
import { randomDocument } from './support/member.ts'
import { aRelayHere } from './support/relay-here.ts'

vi.setConfig({ testTimeout: 60_000 })

const MAIN = join(import.meta.dirname, '../../server/client/main.ts')

const begin = (...args: string[]) => {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['pipe', 'pipe', 'pipe'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}

/** As a command of its own, which a person starts and interrupts. */
const runProcess = async (args: readonly string[], input?: string) => {
  const child = begin(...args)
  child.stdin.end(input)
  const [out, errors] = await Promise.all([child.stdout.toArray(), child.stderr.toArray()])
  if (child.exitCode === null) await once(child, 'exit')
  const lines = Buffer.concat(out).toString().trim()
  return { code: child.exitCode, lines, errors: Buffer.concat(errors).toString() }
}

/** The same within this process, because starting one takes longer than what it does. */
const run = async (args: readonly string[], input = '') => {
  const [lines, errors]: [string[], string[]] = [[], []]
  const code = await runClient(args, {
    print: line => void lines.push(line),
    complain: sentence => void errors.push(sentence),
    readInput: async () => new TextEncoder().encode(input),
    onInterrupt: () => {},
  })
  return { code, lines: lines.join('\n'), errors: errors.join('\n') }
}

const aWorkspace = async () => {
  const [relay, folder] = await Promise.all([aRelayHere(), aFolder()])
  const key = join(folder, 'key.json')
  const made = await run(['create', '--key', key, '--relay', relay.url])
  expect(made).toMatchObject({ code: 0, errors: '' })
  return { relay, folder, key, made: JSON.parse(made.lines) as { workspace: string; device: string } }
}

test('as a command of its own it reads the input, prints lines, and says what went wrong and how badly', async () => {
  const { key } = await aWorkspace()
  const document = randomDocument()
  const appended = await runProcess(['append', '--key', key, '--document', document], 'from the input')
  expect(appended).toMatchObject({ code: 0, errors: '' })
  expect(JSON.parse(appended.lines)).toMatchObject({ document, position: 1 })
  const wrong = await runProcess(['dance', '--key', key])
  expect(wrong).toMatchObject({ code: 1, lines: '' })
  expect(wrong.errors).toMatch('There is no command "dance"')
})

test('an operator makes a workspace, appends, reads, and sees who may come in', async () => {
  const { key, folder, made } = await aWorkspace()
  expect((await stat(key)).mode & 0o777).toBe(0o600)
  const document = randomDocument()
  const file = join(folder, 'bytes')
  await writeFile(file, 'from a file')
  for (const [args, input] of [
    [[file], ''],
    [[], 'from the input'],
  ] as const) {
    const appended = await run(['append', '--key', key, '--document', document, ...args], input)
    expect(appended).toMatchObject({ code: 0, errors: '' })
    expect(JSON.parse(appended.lines)).toMatchObject({ document })
  }
  const { lines } = await run(['read', '--key', key, '--full'])
  const entries = lines.split('\n').map(line => JSON.parse(line) as { envelope: string })
  expect(entries).toMatchObject([
    { position: 1, document, device: made.device, kind: 'update' },
    { position: 2, document, device: made.device },
  ])
  expect(Buffer.from(entries[1]!.envelope, 'base64url').toString()).toContain('from the input')
  const lists = await run(['access', '--key', key])
  expect(JSON.parse(lists.lines)).toMatchObject({
    ws: made.workspace,
    acts: [{ do: 'found', device: made.device }],
  })
})

test('an owner deletes the workspace from the relay', async () => {
  const { key, made } = await aWorkspace()
  const deleted = await run(['delete', '--key', key])
  expect(deleted).toMatchObject({ code: 0, lines: JSON.stringify({ deleted: made.workspace }) })
  const read = await run(['read', '--key', key])
  expect(read).toMatchObject({ code: 2, lines: '' })
  expect(read.errors).toContain('workspace-deleted')
  expect(await run(['access', '--key', key])).toMatchObject({ code: 0 })
})

test('a sealed envelope is appended as it is, and again without harm', async () => {
  const { key, folder } = await aWorkspace()
  const document = randomDocument()
  await run(['append', '--key', key, '--document', document], 'x')
  const [entry] = (await run(['read', '--key', key, '--full'])).lines.split('\n')
  const { envelope, id } = JSON.parse(entry!) as { envelope: string; id: string }
  const file = join(folder, 'bytes')
  await writeFile(file, Buffer.from(envelope, 'base64url'))
  const again = await run(['append', '--key', key, '--document', document, '--sealed', file])
  expect(JSON.parse(again.lines)).toEqual({ known: id, document, position: 1 })
  await writeFile(file, toBase64url(new Uint8Array(200)))
  const refused = await run(['append', '--key', key, '--document', document, '--sealed', file])
  expect(refused).toMatchObject({ code: 2, lines: '' })
  expect(refused.errors).toContain('envelope-malformed')
})

test('following prints what is there and what comes, of documents old and new', async () => {
  const { key } = await aWorkspace()
  const documents = [randomDocument(), randomDocument()]
  await run(['append', '--key', key, '--document', documents[0]!], 'one')
  const following = begin('follow', '--key', key)
  const lines = createInterface({ input: following.stdout })[Symbol.asyncIterator]()
  const next = async () => JSON.parse((await lines.next()).value as string) as unknown
  expect(await next()).toMatchObject({ position: 1, document: documents[0] })
  for (const [index, document] of [documents[1]!, documents[0]!].entries()) {
    await run(['append', '--key', key, '--document', document], 'more')
    expect(await next()).toMatchObject({ position: index + 2, document })
  }
  following.kill('SIGINT')
  const [code] = await once(following, 'exit')
  expect(code).toBe(0)
})

test('wrong use, a refusal and a relay that is not there end with 1, 2 and 3 and a sentence', async () => {
  const { key, relay } = await aWorkspace()
  expect(await run(['append', '--key', key])).toMatchObject({ code: 1, lines: '' })
  expect((await run(['dance', '--key', key])).errors).toMatch('There is no command "dance"')
  expect((await run(['create', '--key', key, '--relay', relay.url])).errors).toMatch('was left as it is')
  const guarded = await aRelayHere({ HOLDFAST_OPERATOR_CODE: 'secret' })
  const create = ['create', '--relay', guarded.url, '--key']
  expect(await run([...create, `${key}.2`])).toMatchObject({ code: 2 })
  expect(await run([...create, `${key}.2`, '--code', 'secret'])).toMatchObject({ code: 0 })
  await relay.stop()
  expect(await run(['read', '--key', key])).toMatchObject({ code: 3, lines: '' })
  expect(await run(['follow', '--key', key])).toMatchObject({ code: 3 })
  expect(await run(['--help'])).toMatchObject({ code: 0 })
})

test('a document id may begin with a dash', async () => {
  const { key } = await aWorkspace()
  const document = `-${randomDocument().slice(1)}`
  expect(await run(['append', '--key', key, '--document', document], 'bytes')).toMatchObject({
    code: 0,
    errors: '',
  })
})
