import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type NetworkProxy, startProxy } from '../../tests/support/browser/proxy.ts'
import type { Editor, OpenEditor } from '../contenders/editors/types.d.ts'
import { CONTENDERS, contenderServer } from '../relay/contenders.ts'
import { type ServerCommand, startServer } from '../relay/server-process.ts'
import { contendersFolder } from './contenders.ts'
import type { Later } from './ending.ts'
import { folderFor } from './folder.ts'
import { openHoldfast } from './holdfast-editor.ts'

/** A contender with its server in a process of its own, and the network between. */
export interface Arena {
  readonly proxy: NetworkProxy
  /** The folder that the server stores in. */
  readonly folder: string
  open(document: string | null): Promise<Editor>
  /** The server writes what it has still to write, and ends. */
  stopServer(): Promise<void>
}

/** Ends with what else the bench has started. */
export type StartArena = (later: Later) => Promise<Arena>

type Command = (port: number, folder: string) => ServerCommand

const alsoWith =
  (command: Command, env: ServerCommand['env']): Command =>
  (...where) => {
    const { script, env: before } = command(...where)
    return { script, env: { ...before, ...env } }
  }

const arena =
  (
    commandAt: (url: string) => Command,
    opener: () => Promise<(url: string, document: string | null) => Promise<Editor>>,
  ): StartArena =>
  async later => {
    const open = await opener()
    const folder = await folderFor(later)
    const proxy = await startProxy()
    later(proxy.close)
    const server = await startServer(commandAt(proxy.url), folder)
    later(server.stop)
    proxy.leadTo(server.port)
    return {
      proxy,
      folder,
      open: async document => {
        const editor = await open(proxy.url, document)
        later(editor.close)
        return editor
      },
      stopServer: server.stop,
    }
  }

const contender = (command: Command, file: string, batchMs = 0): StartArena =>
  arena(
    () => command,
    async () => {
      const { open } = (await import(
        pathToFileURL(join(contendersFolder, 'editors', `${file}.mjs`)).href
      )) as {
        readonly open: OpenEditor
      }
      return (url, document) => open(Number(new URL(url).port), document, batchMs)
    },
  )

const commandOf = (name: string): Command => CONTENDERS[name]!.command
const yWebsocketServer = commandOf('@y/websocket-server, y-leveldb')

/** How long Holdfast gathers what is typed while others are there; what is batched alike uses it too. */
const BATCH_MS = 50

/** Every contender that brings a text from one device to another, by its name. */
export const ARENAS: Readonly<Record<string, StartArena>> = {
  Holdfast: arena(
    url => alsoWith(commandOf('Holdfast'), { HOLDFAST_PUBLIC_URL: url }),
    async () => openHoldfast(),
  ),
  'y-websocket, in batches': contender(yWebsocketServer, 'y-websocket', BATCH_MS),
  'y-websocket': contender(yWebsocketServer, 'y-websocket'),
  Hocuspocus: contender(commandOf('Hocuspocus'), 'hocuspocus'),
  'Automerge Repo': contender(contenderServer('automerge-server.mjs'), 'automerge'),
  // A client of Jazz is pinged every 1.5 s, which is not what is measured.
  Jazz: contender(alsoWith(commandOf('Jazz'), { PINGS: 'none' }), 'jazz'),
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
