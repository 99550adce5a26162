import type { DocumentId } from '../../protocol/ids.ts'
import type { Entry, RelayMessage } from '../../protocol/relay-messages.ts'
import type { LogStore } from '../../server/log/log-store.ts'
import { isDeletedIn } from '../../worker/notes/deleted-notes.ts'
import { systemRandom } from '../../worker/platform/random.ts'
import type { Process } from './engine/machine.ts'
import { createHostile, HIDES, type Malice } from './hostile.ts'
import { createObserver, type Observer } from './observer.ts'
import { createReceiptChecks, type ReceiptChecks } from './receipts.ts'
import { createRelayHost, type RelayHost } from './relay-host.ts'
import type { Story } from './story.ts'

/** A relay of a story: it dies, forgets, is put back and lies, and whatever it claims of its disk is checked. */
export interface StoryRelay {
  readonly host: RelayHost
  readonly observer: Observer
  readonly receipts: ReceiptChecks
  start(): void
  kill(): void
  restore(how: 'same log' | 'new log' | 'empty'): void
  turn(malice: Malice | null, victim: string): void
  /** Somebody keeps a copy of its disk. */
  backUp(): void
  /** Somebody mends it. */
  mend(): void
}

interface Deps {
  readonly story: Story
  readonly origin: string
  /** Its process is gone. */
  readonly onDeath: (process: Process) => void
}

export const createStoryRelay = ({ story, origin, onDeath }: Deps): StoryRelay => {
  const { machine, dice, census, ledger, places, truth, devices } = story
  const hostile = createHostile(dice, census)
  const backups: (() => void)[] = []
  const receipts = createReceiptChecks(story, origin)
  const observer = createObserver(story, origin, () => host.disk, receipts)

  /** Nothing is confirmed that is not on the relay's disk. */
  const checkConfirmed = (message: RelayMessage, device: string): void => {
    census.count(`relay says ${message.type}`)
    observer.said(message, device)
    if (message.type !== 'known') return
    const logs = [...host.disk.logs.values()]
    const isOnDisk = (id: string): boolean =>
      logs.some(({ entries }) => entries.findLast(entry => entry.id === id) !== undefined)
    if (!message.envelopes.every(isOnDisk)) story.problem('the relay confirmed what is not on its disk')
  }

  const knowsOfDeletion =
    (note: DocumentId) =>
    (device: string): boolean => {
      const life = devices.find(({ name }) => name === device)?.life()
      // One deletion may have come, and the note be listed yet, since somebody wrote of it; another one may follow.
      return life != null && isDeletedIn(life.session.notes.home, note)
    }

  const told = new WeakSet<Uint8Array>()
  /** Of what a relay that was killed had written, the next one is the first to say it. */
  const durable = async (document: DocumentId, entries: readonly Entry[]): Promise<void> => {
    if (truth.oracle === null) return
    const unsaid = entries.filter(({ envelope }) => !told.has(envelope))
    for (const { envelope } of unsaid) told.add(envelope)
    await truth.oracle.durable(origin, document, unsaid)
  }

  const append =
    (store: LogStore): LogStore['append'] =>
    async request => {
      const { document, envelopes, replaced } = request
      const all = host.disk.logs.get(request.workspace)?.entries ?? []
      const gone = (replaced ?? []).flatMap(position => all[position - 1] ?? [])
      const appended = await store.append(request)
      const there = host.disk.logs.get(request.workspace)?.entries ?? []
      await durable(
        document,
        there.filter(({ id }) => appended.known.includes(id)),
      )
      if (places.isRemoved(document))
        ledger.relayed(document, truth.oracle!.everText(document), knowsOfDeletion(document))
      if (gone.length > 0 && appended.entries.length > 0) {
        census.count('log compacted')
        observer.compacted(document)
        // What a relay handed out under a wrong position cannot be told from what lies there.
        // What was written after its author was put out is left out of it.
        if (
          !truth.lied.has(origin) &&
          !truth.removed &&
          !(await truth.oracle?.covers(document, envelopes[0]!.bytes, gone))
        )
          story.problem('a snapshot has less than what it replaced')
      }
      for (const { code } of appended.refused) census.count(`relay refuses ${code}`)
      return appended
    }

  /** Whoever reads may be the first to know the keys of what somebody's service worker had brought. */
  const read =
    (store: LogStore): LogStore['read'] =>
    async (workspace, query) => {
      const page = await store.read(workspace, query)
      if (query.document !== null) await durable(query.document, page.entries)
      return page
    }

  const host: RelayHost = createRelayHost({
    machine,
    origin,
    store: store => ({ ...store, append: append(store), read: read(store) }),
    say: (message, device) => {
      checkConfirmed(message, device)
      return hostile.say(message, device)
    },
    hear: hostile.hear,
    onFailure: error => {
      census.count('relay failed')
      truth.refused.add(origin)
      if (!host.disk.full) story.problem(`the relay failed: ${(error as Error).message}`)
    },
  })

  const kill = (): void => {
    const running = host.process()
    if (running) census.count(`relay killed before: ${machine.next(running) ?? 'nothing'}`)
    const dead = host.crash()
    if (dead) onDeath(dead)
  }
  const start = (): void => {
    if (host.process() === null) host.start()
  }
  const restore: StoryRelay['restore'] = how => {
    kill()
    if (how === 'empty') host.disk.logs.clear()
    else if (backups.length > 0) dice.pick(backups)()
    if (how !== 'same log' && hostile.malice() === null) truth.hidden.delete(origin)
    if (how === 'new log')
      for (const [id, log] of host.disk.logs)
        host.disk.logs.set(id, { ...log, log: Buffer.from(systemRandom(16)).toString('base64url') })
    start()
  }
  const turn: StoryRelay['turn'] = (malice, victim) => {
    if (malice !== null) truth.lied.add(origin)
    if (malice !== null && HIDES.includes(malice)) truth.hidden.add(origin)
    hostile.turn(malice, victim)
  }

  return {
    host,
    observer,
    receipts,
    start,
    kill,
    restore,
    turn,
    backUp: () => void backups.push(host.disk.snapshot()),
    mend: () => {
      host.disk.full = false
      turn(null, '')
      if (truth.hidden.has(origin)) restore('new log')
      // Whoever mends a relay that lied starts it again.
      else if (truth.lied.has(origin)) kill()
      start()
    },
  }
}
