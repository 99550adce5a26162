import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Measures } from '../support/take.ts'
import { CONTENDERS, type Contender } from './contenders.ts'
import { type LoadProcess, startLoad } from './load-process.ts'
import { type ServerProcess, startServer } from './server-process.ts'
import type { Plan } from './speaker.ts'

/** Some servers write what they have told others a few seconds later, and not at all where they are stopped before. */
const WRITTEN_BEHIND_MS = 3000

/** What one round of one contender has at hand. All clients leave when it ends. */
export interface Turn {
  readonly name: string
  readonly contender: Contender
  readonly load: LoadProcess
  /** Empty. Removed after the round. */
  freshFolder(): Promise<string>
  /** One that stays for all rounds, where the server has heard of the rooms; `first` is done once before. */
  keptFolder(first?: (server: ServerProcess) => Promise<void>): Promise<string>
  /** Ends with the block that holds it. Hears of the rooms where the folder is empty. */
  serverOn(folder: string): Promise<ServerProcess & AsyncDisposable>
  freshServer(): Promise<ServerProcess & AsyncDisposable>
}

/** One case: rooms and updates are made once for each contender. */
export interface Rig extends AsyncDisposable {
  each(names: readonly string[], work: (turn: Turn) => Promise<readonly number[]>): Measures
}

export const createRig = (plan: Plan): Rig => {
  const loads = new Map<string, LoadProcess>()
  const kept = new Map<string, string>()
  const known = new Set<string>()
  const folders: string[] = []

  const newFolder = (): string => {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'))
    folders.push(folder)
    return folder
  }
  const removeFolders = (): void => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
  }
  process.once('exit', removeFolders)

  const loadOf = async (name: string, { language }: Contender): Promise<LoadProcess> => {
    const before = loads.get(name)
    if (before) return before
    const load = startLoad()
    loads.set(name, load)
    await load.prepare(language, plan)
    return load
  }

  const turnOf = (name: string, contender: Contender, load: LoadProcess): Turn => {
    const serverOn: Turn['serverOn'] = async folder => {
      const server = await startServer(contender.command, folder)
      if (!known.has(folder)) await load.found(server.port)
      known.add(folder)
      return { ...server, [Symbol.asyncDispose]: server.kill }
    }
    return {
      name,
      contender,
      load,
      serverOn,
      freshFolder: async () => newFolder(),
      freshServer: () => serverOn(newFolder()),
      keptFolder: async first => {
        const before = kept.get(name)
        if (before !== undefined) return before
        const folder = newFolder()
        kept.set(name, folder)
        const server = await serverOn(folder)
        await first?.(server)
        await load.leave()
        await pause(WRITTEN_BEHIND_MS)
        await server.stop()
        return folder
      },
    }
  }

  return {
    each: (names, work) =>
      Object.fromEntries(
        names.map(name => [
          name,
          async () => {
            const contender = CONTENDERS[name]!
            const load = await loadOf(name, contender)
            try {
              return await work(turnOf(name, contender, load))
            } finally {
              await load.leave()
            }
          },
        ]),
      ),
    [Symbol.asyncDispose]: async () => {
      for (const load of loads.values()) load.end()
      removeFolders()
      process.off('exit', removeFolders)
    },
  }
}
