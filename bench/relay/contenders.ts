import { join } from 'node:path'
import { projectRoot } from '../../scripts/project.mjs'
import { contendersFolder } from '../support/contenders.ts'
import { type FillStore, fillHocuspocus, fillHoldfast, fillJazz, fillLeveldb } from './fill-stores.ts'
import type { Language } from './load.ts'
import type { ServerCommand } from './server-process.ts'

/** A server that is measured. */
export interface Contender {
  readonly language: Language
  readonly command: (port: number, folder: string) => ServerCommand
  /** Null where nothing is kept. */
  readonly fillStore: FillStore | null
  /** Tells the sender of each update that it is there. */
  readonly confirms: boolean
}

const HOST = '127.0.0.1'

const script = (...path: readonly string[]): readonly string[] => [join(contendersFolder, ...path)]
/** A server of bench/contenders, which is told by its environment where it listens and stores. */
export const contenderServer =
  (file: string): Contender['command'] =>
  (port, folder) => ({ script: script(file), env: { HOST, PORT: String(port), DATA: folder } })
const yWebsocketServer = script('node_modules', '@y', 'websocket-server', 'src', 'server.js')

/** Limits that keep one client from crowding out others are not what is measured: all of this comes from one address. */
const WITHOUT_LIMITS = {
  HOLDFAST_REQUESTS_PER_MINUTE: '100000000',
  HOLDFAST_MESSAGES_PER_SECOND: '1000000',
  HOLDFAST_WORKSPACE_CONNECTIONS: '1000',
}

export const CONTENDERS: Readonly<Record<string, Contender>> = {
  /** Checks every signature, writes every update to the disk (fsync), and tells of it only then. */
  Holdfast: {
    language: 'holdfast',
    fillStore: fillHoldfast,
    confirms: true,
    command: (port, folder) => ({
      script: [join(projectRoot, 'server', 'main.ts')],
      env: { HOST, PORT: String(port), HOLDFAST_DATA: folder, ...WITHOUT_LIMITS },
    }),
  },
  /** Hands messages on; neither reads nor keeps anything. */
  'bare ws': {
    language: 'ws',
    fillStore: null,
    confirms: false,
    command: contenderServer('ws-server.mjs'),
  },
  /** Keeps documents in memory, which it can read. */
  '@y/websocket-server': {
    language: 'y-websocket',
    fillStore: null,
    confirms: false,
    command: port => ({ script: yWebsocketServer, env: { HOST, PORT: String(port) } }),
  },
  /** The same, which writes updates behind (no fsync, no confirmation). */
  '@y/websocket-server, y-leveldb': {
    language: 'y-websocket',
    fillStore: fillLeveldb,
    confirms: false,
    command: (port, folder) => ({
      script: yWebsocketServer,
      env: { HOST, PORT: String(port), YPERSISTENCE: join(folder, 'leveldb') },
    }),
  },
  /** Keeps documents in memory, which it can read, and writes them some seconds later; confirms before that. */
  Hocuspocus: {
    language: 'hocuspocus',
    fillStore: fillHocuspocus,
    confirms: true,
    command: contenderServer('hocuspocus-server.mjs'),
  },
  /** Checks every signature, writes every update (no fsync), cannot read what is private. */
  Jazz: {
    language: 'jazz',
    fillStore: fillJazz,
    confirms: true,
    command: contenderServer('jazz-server.mjs'),
  },
}
