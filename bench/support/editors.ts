import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
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
  /** Everybody leaves; the server writes what it has still to write, and ends. */
  end(): Promise<void>
  /** Once it has ended: what it keeps for a week, in case that a snapshot was wrong, is removed. */
  letGo(): void
}

/** How time passes, and how long what is typed is gathered by those that can be told to. */
export interface Pace {
  /** Of the clocks of devices that have their own. */
  readonly speed: number
  readonly batchMs: number
}

/** As Holdfast gathers what is typed while others are there … */
const LIVE: Pace = { speed: 1, batchMs: 50 }
/** … and as it does while nobody is, in time that passes quicker. */
export const LAPSE: Pace = { speed: 25, batchMs: 250 / 25 }

/** Ends with what else the bench has started. */
export type StartArena = (later: Later, pace?: Pace) => Promise<Arena>

type Command = (port: number, folder: string) => ServerCommand

const alsoWith =
  (command: Command, env: ServerCommand['env']): Command =>
  (...where) => {
    const { script, env: before } = command(...where)
    return { script, env: { ...before, ...env } }
  }

type Open = (url: string, document: string | null) => Promise<Editor>

interface Parts {
  readonly command: (url: string) => Command
  opener(pace: Pace): Open | Promise<Open>
  readonly letGo?: (folder: string) => void
}

const arena =
  ({ command, opener, letGo }: Parts): StartArena =>
  async (later, pace = LIVE) => {
    const open = await opener(pace)
    const folder = await folderFor(later)
    const proxy = await startProxy()
    later(proxy.close)
    const server = await startServer(command(proxy.url), folder)
    later(server.stop)
    proxy.leadTo(server.port)
    const editors: Editor[] = []
    const closeEditors = async (): Promise<void> => {
      for (const editor of editors.splice(0)) await editor.close()
    }
    later(closeEditors)
    return {
      proxy,
      folder,
      open: async document => {
        const editor = await open(proxy.url, document)
        editors.push(editor)
        return editor
      },
      end: async () => {
        await closeEditors()
        await server.stop()
      },
      letGo: () => letGo?.(folder),
    }
  }

const contender = (command: Command, file: string, isBatched = false): StartArena =>
  arena({
    command: () => command,
    opener: async ({ batchMs }) => {
      const path = join(contendersFolder, 'editors', `${file}.mjs`)
      const { open } = (await import(pathToFileURL(path).href)) as { readonly open: OpenEditor }
      return (url, document) => open(Number(new URL(url).port), document, isBatched ? batchMs : 0)
    },
  })

const commandOf = (name: string): Command => CONTENDERS[name]!.command

/** The servers that text goes through, by the name of what is typed in. */
export const SERVERS = {
  'y-websocket': commandOf('@y/websocket-server, y-leveldb'),
  Hocuspocus: commandOf('Hocuspocus'),
  'Automerge Repo': contenderServer('automerge-server.mjs'),
  // A client of Jazz is pinged every 1.5 s, which is not what is measured.
  Jazz: alsoWith(commandOf('Jazz'), { PINGS: 'none' }),
} as const satisfies Record<string, Command>

/** The relay as devices know it that reach it at this address. */
export const relayAt = (url: string): Command => alsoWith(commandOf('Holdfast'), { HOLDFAST_PUBLIC_URL: url })

/** What the relay does after a week with entries that snapshots took the place of; and the room that they leave is given back. */
const removeReplaced = (folder: string): void => {
  const database = new DatabaseSync(join(folder, 'relay.sqlite'))
  database.exec(`INSERT INTO purged SELECT workspace, position, stamp FROM entries WHERE replaced IS NOT NULL;
    DELETE FROM entries WHERE replaced IS NOT NULL;
    VACUUM`)
  database.close()
}

/** Every contender that brings a text from one device to another, by its name. */
export const ARENAS: Readonly<Record<string, StartArena>> = {
  Holdfast: arena({
    command: relayAt,
    opener: ({ speed }) => openHoldfast(speed),
    letGo: removeReplaced,
  }),
  'y-websocket, in batches': contender(SERVERS['y-websocket'], 'y-websocket', true),
  'y-websocket': contender(SERVERS['y-websocket'], 'y-websocket'),
  Hocuspocus: contender(SERVERS.Hocuspocus, 'hocuspocus'),
  'Automerge Repo': contender(SERVERS['Automerge Repo'], 'automerge'),
  Jazz: contender(SERVERS.Jazz, 'jazz'),
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
