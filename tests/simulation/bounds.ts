import { type DocumentId, HOME_DOCUMENT } from '../../protocol/ids.ts'
import { SYNC_EVENTS_KEPT } from '../../protocol/sync.ts'
import { type DeviceHost, isSyncedEverywhere } from './device-host.ts'
import { databasesOn, rowsOn } from './engine/read-disk.ts'
import { marksOf } from './loaded.ts'
import type { RelayHost } from './relay-host.ts'
import type { Story } from './story.ts'
import type { StoryRelay } from './story-relay.ts'
import { LOG_SLACK_BYTES, type WorkerLife } from './worker-life.ts'

/**
 * y-indexeddb puts a document's rows together after 500 of its own. Beside each there may be one with the whole state,
 * while structs wait for others.
 */
const MOST_ROWS = 1_050
const MOST_CHAINS = 64
const MOST_HASHES = 32
/** Header, tag, signature and what little is the same in all. */
const SNAPSHOT_BYTES = 320
/** A session that a snapshot covers: its name, and the short hashes of its latest envelopes. */
const SESSION_BYTES = 35
/** What is due every few seconds has been done by then. */
const TIDY_WITHIN_MS = 5 * 60_000
/** A note lingers for half a minute, and its document for five. */
const IDLE_WITHIN_MS = 12 * 60_000

/** That nothing grows without end: the relays' logs, and what devices keep in memory and on the disk. */
export const createBounds = (story: Story, relays: readonly Pick<StoryRelay, 'host'>[]) => {
  const { machine, devices, truth, census, problem } = story

  const livesOf = (): { device: DeviceHost; life: WorkerLife }[] =>
    devices.flatMap(device => {
      const life = device.life()
      return life ? [{ device, life }] : []
    })

  /** What is known of a relay that a device does not use any more stays as it is. */
  const usersOf = (relay: string) =>
    livesOf().filter(({ life }) => life.session.workspace.relays().some(({ origin }) => origin === relay))

  const marksOfAll = (relay: string) =>
    usersOf(relay).flatMap(({ device, life }) =>
      [...life.loaded.values()].flatMap(store => {
        const marks = marksOf(store, relay)
        return marks ? [{ device, marks }] : []
      }),
    )

  /** Nobody makes the log of a note smaller that they have deleted; nor does it grow any more. */
  const isHeld = (document: DocumentId): boolean =>
    livesOf().some(({ life }) => life.session.documents.known().has(document))

  /** How many bytes of each document a relay hands out. */
  const logSizes = ({ disk }: RelayHost): Map<DocumentId, number> => {
    const sizes = new Map<DocumentId, number>()
    for (const { entries } of disk.logs.values())
      for (const { document, envelope, replaced } of entries)
        if (replaced === null && isHeld(document))
          sizes.set(document, (sizes.get(document) ?? 0) + envelope.length)
    return sizes
  }

  /** How many sessions wrote a document, as far as anybody remembers. */
  const sessionsOf = (relay: string, document: DocumentId): number =>
    Math.max(
      0,
      ...livesOf().map(({ life }) => {
        const store = life.loaded.get(document)
        return Object.keys((store && marksOf(store, relay)?.chains) ?? {}).length
      }),
    )

  const untidyAt = (host: RelayHost): string[] => {
    const { origin } = host
    const found: string[] = []
    // A snapshot that was refused is not tried again soon, and one that was made of a forged log leaves some of it there.
    const times = truth.lied.has(origin) || truth.refused.has(origin) ? 5 : 2
    if (!truth.evicted)
      for (const [document, bytes] of logSizes(host)) {
        const covered = SESSION_BYTES * sessionsOf(origin, document)
        const snapshot = (truth.oracle?.sizeOf(origin, document) ?? 0) + SNAPSHOT_BYTES + covered
        // As the figure that is promised: it leaves room for what was on its way when the snapshot was made.
        if (bytes > times * (snapshot + LOG_SLACK_BYTES))
          found.push(`the log of ${document} at ${origin} has ${bytes} bytes for a snapshot of ${snapshot}`)
      }
    // What the outbox delivered may come back later than the news of it.
    for (const { device, marks } of marksOfAll(origin)) {
      if (marks.unread.length > 0) found.push(`${device.name} still waits to read ${marks.unread.length}`)
      if (!truth.evicted && marks.setAside.some(({ answered }) => !answered))
        found.push(`${device.name} still has set aside ${marks.setAside.length}`)
    }
    return found
  }

  const untidy = (): string[] => {
    const found = relays.flatMap(({ host }) => untidyAt(host))
    for (const { device } of livesOf()) {
      const queued = rowsOn(device.disk(), 'workbox-background-sync', 'requests')?.length ?? 0
      if (queued > 0) found.push(`the outbox of ${device.name} still holds ${queued}`)
      if (!isSyncedEverywhere(device)) found.push(`${device.name} is not synced any more`)
    }
    return found
  }

  const checkMemory = (): void => {
    const known = relays.flatMap(({ host }) => marksOfAll(host.origin))
    for (const { device, marks } of known) {
      const hashes = Object.values(marks.chains)
      if (hashes.length > MOST_CHAINS || hashes.some(chain => chain.length > MOST_HASHES))
        problem(`${device.name} remembers more chains than it may`)
    }
    for (const { device, life } of livesOf()) {
      const events = life.session.sync()?.events().length ?? 0
      if (events > SYNC_EVENTS_KEPT) problem(`${device.name} keeps ${events} events`)
      for (const name of databasesOn(device.disk())) {
        const rows = rowsOn(device.disk(), name, 'updates')?.length ?? 0
        if (rows > MOST_ROWS) problem(`${device.name} keeps ${rows} rows in ${name}`)
      }
    }
  }

  const waitFor = async (what: () => string[], within: number): Promise<void> => {
    const end = machine.time() + within
    for (let left = what(); left.length > 0; left = what()) {
      if (machine.time() >= end) return left.forEach(problem)
      // A browser asks the service worker again from time to time.
      for (const device of devices) device.sync()
      await machine.run(() => false, 5_000)
    }
  }

  const inMemory = (): string[] =>
    livesOf().flatMap(({ device, life }) => {
      const notes = [...life.loaded.keys()].filter(id => id !== HOME_DOCUMENT)
      return notes.length > 0
        ? [`${device.name} keeps ${notes.length} notes in memory that nobody looks at`]
        : []
    })

  return {
    check: async (): Promise<void> => {
      await waitFor(untidy, TIDY_WITHIN_MS)
      checkMemory()
    },
    /** Everybody closes their notes and does something else. */
    checkIdle: async (): Promise<void> => {
      census.count('everybody idle')
      await machine.run(() => false, 1_000) // whoever was just asked to look at all does so first
      for (const device of devices)
        device.act('close all', ({ notes }) => {
          for (const note of notes.values()) note.release()
          notes.clear()
        })
      await waitFor(inMemory, IDLE_WITHIN_MS)
    },
  }
}
