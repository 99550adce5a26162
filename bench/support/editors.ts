import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import { type NetworkProxy, startProxy } from '../../tests/support/browser/proxy.ts'
import { startRelay } from '../../tests/support/relay.ts'
import type { Contender, Editor } from '../contenders/editors/types.d.ts'
import { contendersFolder } from './contenders.ts'
import { openHoldfast } from './holdfast-editor.ts'

const HOLDFAST = 'Holdfast'

/** A contender with its server in a process of its own, and the network between. */
export interface Arena {
  readonly name: string
  readonly proxy: NetworkProxy
  /** The folder that the server stores in. */
  readonly folder: string
  open(document: string | null): Promise<Editor>
  close(): Promise<void>
}

const portOf = async (child: ChildProcess): Promise<number> => {
  for await (const line of createInterface({ input: child.stdout! })) {
    const [, port] = /^port (\d+)$/.exec(line) ?? []
    if (port !== undefined) return Number(port)
  }
  throw new Error('The server ended before it was ready.')
}

interface Running {
  readonly port: number
  stop(): Promise<unknown>
}

interface Parts {
  readonly name: string
  /** Serves what lies in the folder; devices reach it at the address. */
  start(folder: string, url: string): Promise<Running>
  open(url: string, document: string | null): Promise<Editor>
}

const enter = async ({ name, start, open }: Parts): Promise<Arena> => {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-bench-'))
  const proxy = await startProxy()
  const server = await start(folder, proxy.url)
  proxy.leadTo(server.port)
  const editors: Editor[] = []
  return {
    name,
    proxy,
    folder,
    open: async document => {
      const editor = await open(proxy.url, document)
      editors.push(editor)
      return editor
    },
    close: async () => {
      for (const editor of editors) await editor.close()
      await server.stop()
      await proxy.close()
      await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
    },
  }
}

const EDITORS = join(contendersFolder, 'editors')

const serve = async (file: string, folder: string): Promise<Running> => {
  const child = spawn(process.execPath, [join(EDITORS, 'serve.mjs'), file, folder], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const ended = new Promise(resolve => child.once('exit', resolve))
  process.once('exit', () => child.kill())
  return {
    port: await portOf(child),
    stop: () => {
      child.kill()
      return ended
    },
  }
}

const contender =
  (name: string, file: string, batchMs = 0) =>
  async (): Promise<Arena> => {
    const { default: found } = (await import(pathToFileURL(join(EDITORS, `${file}.mjs`)).href)) as {
      readonly default: Contender
    }
    return enter({
      name,
      start: folder => serve(file, folder),
      open: (url, document) => found.open(Number(new URL(url).port), document, batchMs),
    })
  }

const holdfast = (): Promise<Arena> =>
  enter({
    name: HOLDFAST,
    start: async (dataDir, url) => {
      const relay = await startRelay({ dataDir, env: { LOG_LEVEL: 'silent', HOLDFAST_PUBLIC_URL: url } })
      return { port: relay.port, stop: relay.stop }
    },
    open: openHoldfast(),
  })

/** How long Holdfast gathers what is typed while others are there, and while nobody is; what is batched alike uses them. */
const BATCH_MS = 50

/** Every contender that brings a text from one device to another, by its name. */
export const ARENAS: Readonly<Record<string, () => Promise<Arena>>> = {
  [HOLDFAST]: holdfast,
  'y-websocket, in batches': contender('y-websocket, in batches', 'y-websocket', BATCH_MS),
  'y-websocket': contender('y-websocket', 'y-websocket'),
  Hocuspocus: contender('Hocuspocus', 'hocuspocus'),
  'Automerge Repo': contender('Automerge Repo', 'automerge'),
  Jazz: contender('Jazz', 'jazz'),
}

export const ARENA_PACKAGES = [
  'yjs',
  'y-websocket',
  '@y/websocket-server',
  '@hocuspocus/server',
  '@hocuspocus/provider',
  '@automerge/automerge-repo',
  '@automerge/automerge',
  'cojson',
  'cojson-transport-ws',
]
