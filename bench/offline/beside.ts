import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { startProxy } from '../../tests/support/browser/proxy.ts'
import type { NotesDevice, OpenDevice } from '../contenders/notes/types.d.ts'
import { startServer } from '../relay/server-process.ts'
import { contendersFolder } from '../support/contenders.ts'
import { SERVERS } from '../support/editors.ts'
import { folderFor } from '../support/folder.ts'
import type { Change, OpenWorkspace, Workspace } from './workspace.ts'

const LOOK_AGAIN_MS = 5
/** Nobody is offline for less; some take a moment to notice that they are. */
const OFFLINE_MS = 300
const PATIENCE_MS = 180_000
/** Jazz takes more than a second for each note of 10 KB, and more the more there are. */
const MADE_IN_MS = 120_000
/** The other device has to find what was made at the server. */
const MADE_WITHIN_MS = 500

interface Kind {
  /** A file of contenders/notes, and which of its ways to keep notes. */
  readonly file: string
  readonly way: string
  readonly server: keyof typeof SERVERS
  /** Whether all notes come together; otherwise only those that are open do, and only those that change are there. */
  readonly all: boolean
}

/** What is the same is not looked at again. */
const untilSame = async (one: NotesDevice, two: NotesDevice, notes: Iterable<string>): Promise<void> => {
  const end = performance.now() + PATIENCE_MS
  for (const note of notes)
    while (one.text(note) !== two.text(note)) {
      if (performance.now() > end) throw new Error('The other device had not all of it within three minutes.')
      await pause(LOOK_AGAIN_MS)
    }
}

const workspaceOf = (
  one: NotesDevice,
  two: NotesDevice,
  notes: readonly string[],
): Omit<Workspace, 'bytes'> => {
  const changed = new Set<string>()
  const differ = (): boolean => [...changed].some(note => one.text(note) !== two.text(note))
  return {
    writeOffline: async changes => {
      await one.goOffline()
      changed.clear()
      let count = 0
      for (const { note, at, remove, insert } of changes as Iterable<Change>) {
        const name = notes[note]!
        changed.add(name)
        if (remove > 0) one.remove(name, at, remove)
        if (insert !== '') one.insert(name, at, insert)
        count += 1
        if (count % 100 === 0) await pause(0)
      }
      await pause(OFFLINE_MS)
    },
    comeTogether: async () => {
      await one.goOnline()
      await untilSame(one, two, changed)
    },
    check: async () => {
      if (differ()) throw new Error('The devices have not the same notes.')
    },
  }
}

const beside =
  ({ file, way, server, all }: Kind): OpenWorkspace =>
  async (texts, changed, later) => {
    const proxy = await startProxy()
    later(() => proxy.close())
    const running = await startServer(SERVERS[server], await folderFor(later))
    later(running.stop)
    proxy.leadTo(running.port)
    const found = (await import(
      pathToFileURL(join(contendersFolder, 'notes', `${file}.mjs`)).href
    )) as Readonly<Record<string, OpenDevice>>
    const open = async (): Promise<NotesDevice> => {
      const device = await found[way]!(Number(new URL(proxy.url).port))
      later(() => device.close())
      return device
    }
    const end = performance.now() + MADE_IN_MS
    const inTime = <T>(made: T): T => {
      if (performance.now() > end) throw new Error('The notes were not made within two minutes.')
      return made
    }
    const one = await open()
    const notes: string[] = []
    for (const text of all ? texts : texts.slice(0, changed)) notes.push(inTime(await one.add(text)))
    await pause(MADE_WITHIN_MS)
    const two = await open()
    for (const note of notes) inTime(await two.open(note))
    await untilSame(one, two, notes)
    return { ...workspaceOf(one, two, notes), bytes: proxy.bytes }
  }

/** What people would use instead, by name. */
export const BESIDE: Readonly<Record<string, OpenWorkspace>> = {
  'y-websocket': beside({ file: 'y-websocket', way: 'openNotes', server: 'y-websocket', all: false }),
  'y-websocket, one document': beside({
    file: 'y-websocket',
    way: 'openOneDocument',
    server: 'y-websocket',
    all: true,
  }),
  Hocuspocus: beside({ file: 'hocuspocus', way: 'openNotes', server: 'Hocuspocus', all: false }),
  'Automerge Repo': beside({ file: 'automerge', way: 'openNotes', server: 'Automerge Repo', all: false }),
  Jazz: beside({ file: 'jazz', way: 'openNotes', server: 'Jazz', all: false }),
}
