import type * as Y from 'yjs'
import { type DocumentId, HOME_DOCUMENT } from '../../protocol/ids.ts'
import { isPending } from '../../worker/documents/document-state.ts'
import { isDeletedIn } from '../../worker/notes/deleted-notes.ts'
import { noteDocuments, placeIn } from '../../worker/notes/notes.ts'
import { documentDatabase } from '../../worker/storage/document-databases.ts'
import { troubleCount } from '../../worker/sync/document/set-aside.ts'
import type { Deeds } from './deeds.ts'
import { type DeviceHost, isSyncedWith } from './device-host.ts'
import { differences, disagreements } from './differences.ts'
import { DIRECTOR } from './engine/machine.ts'
import { docOn } from './engine/read-disk.ts'
import { HIDES, SHOWS } from './hostile.ts'
import { marksOf } from './loaded.ts'
import { calmWeather, type Network } from './network.ts'
import { openNote } from './person.ts'
import type { Story } from './story.ts'
import type { StoryRelay } from './story-relay.ts'
import { documentsOf, type WorkerLife } from './worker-life.ts'

/** The end of a story: nothing goes wrong any more, and all have to come together. */
export interface Ending {
  /** Everybody starts their device again and looks at no note: what lies on the disks goes to the relays all the same. */
  sendUnseen(): Promise<void>
  /** One of several relays is down or lies, and goes on with it: all come together by the others. */
  settleBesideBad(): Promise<void>
  settle(): Promise<void>
  /** Waits until each relay has all that the devices have, too. */
  fillRelays(): Promise<void>
}

interface Deps {
  readonly story: Story
  readonly network: Network
  readonly relays: readonly StoryRelay[]
  readonly start: (device: DeviceHost) => void
  readonly wipeRemoved: () => void
  readonly deeds: Deeds
  readonly isTooLong: () => boolean
}

const HEALED_WITHIN_MS = 30 * 60_000
const NUDGE_MS = 5_000
/** A text that the index lost is offered only after a while in which nothing comes. */
const RECOVERED_WITHIN_MS = 30_000
/** To look costs more than what happens meanwhile. */
const LOOK_MS = 20
const NOTICED_WITHIN_MS = 2 * 60_000
/** In one story with several relays of so many only one device uses all of them in the end. */
const BRIDGES = 2

const listed = ({ session }: WorkerLife): DocumentId[] => [...noteDocuments(session.notes.home)]

/** Somebody has all notes in view, the trash too, and no others. */
const openAll = async (life: WorkerLife): Promise<void> => {
  for (const id of listed(life)) await openNote(life, id)
  const all = new Set(listed(life))
  for (const [id, note] of [...life.notes]) {
    if (all.has(id)) continue
    life.notes.delete(id)
    note.release()
  }
}

/** A text that no list names is offered after a while, and then it has to come to light. */
const hasUnnamed = (device: DeviceHost): boolean => {
  const life = device.life()
  if (life === null) return false
  const { documents, notes } = life.session
  return [...documents.known().keys()].some(
    id => id !== HOME_DOCUMENT && placeIn(notes.home, id) === 'gone' && !isDeletedIn(notes.home, id),
  )
}

const hasAllOpen = (life: WorkerLife): boolean => {
  const all = listed(life)
  return all.length === life.notes.size && all.every(id => life.notes.has(id))
}

export const createEnding = ({ story, network, relays, deeds, ...deps }: Deps): Ending => {
  const { machine, devices, places, truth, dice, census } = story

  const origins = relays.map(({ host }) => host.origin)
  /** Relays that nothing is wrong with any more. */
  let mended: readonly string[] = origins
  /** The relays that a device uses in the end. */
  let usedBy = (_device: DeviceHost): readonly string[] => origins

  const calm = (): void => {
    for (const relay of relays) if (mended.includes(relay.host.origin)) relay.mend()
    deps.wipeRemoved()
    for (const device of devices) {
      Object.assign(network.weather(device.name), calmWeather())
      device.disk().full = false
      device.disk().slowness = 0
      device.host.skew = 0
      for (const process of [device.worker(), device.serviceWorker()]) if (process) process.fuse = null
    }
  }

  const wake = (device: DeviceHost): void => {
    deps.start(device)
    device.sync()
    device.act('wake', life => {
      const sync = life.session.sync()
      sync?.retry()
      sync?.wake()
    })
    device.act('turn sync on', async life => {
      for (const origin of origins)
        if (usedBy(device).includes(origin)) await deeds.addRelay(life, device, origin)
        else await deeds.removeRelay(life, origin)
    })
  }

  const nudge = (device: DeviceHost): void => {
    wake(device)
    device.act('look at all', openAll)
    device.act('recover', deeds.recover)
  }

  const isSyncedNow = (device: DeviceHost): boolean =>
    isSyncedWith(
      device,
      usedBy(device).filter(origin => mended.includes(origin)),
    )

  const isWhole = (device: DeviceHost): boolean => isSyncedNow(device) && hasAllOpen(device.life()!)

  /** What a note that was deleted for good and came back waits for may have gone with it. */
  const isUntroubled = ({ session, loaded }: WorkerLife): boolean =>
    session.sync()!.state().setAside === 0 ||
    [...loaded].every(([id, store]) => {
      const all = mended.flatMap(origin => marksOf(store, origin) ?? [])
      const trouble = all.some(marks => troubleCount(marks, isPending(store.doc)) > 0)
      return places.isRemoved(id) || !trouble
    })

  const isTogether = (): boolean =>
    devices.every(isWhole) &&
    (truth.evicted || devices.every(device => isUntroubled(device.life()!))) &&
    differences(devices).length === 0 &&
    disagreements(devices).length === 0

  const settle = async (): Promise<void> => {
    calm()
    let nextNudge = 0
    let nextLook = 0
    const lookedAt = new WeakSet<WorkerLife>()
    const isDone = (): boolean => {
      if (deps.isTooLong()) return true
      if (machine.time() >= nextNudge) {
        nextNudge = machine.time() + NUDGE_MS
        for (const device of devices) machine.after(DIRECTOR, 0, 'nudge', () => nudge(device))
      }
      if (machine.time() < nextLook) return false
      nextLook = machine.time() + LOOK_MS
      for (const device of devices) {
        const life = device.life()
        if (life === null || lookedAt.has(life) || !isSyncedNow(device)) continue
        lookedAt.add(life)
        device.act('look at all', openAll)
      }
      return isTogether()
    }
    const isHealed = (): Promise<boolean> => machine.run(isDone, HEALED_WITHIN_MS)
    let healed = await isHealed()
    if (truth.damaged.size > 0 || devices.some(hasUnnamed)) {
      const quiet = machine.time() + RECOVERED_WITHIN_MS
      await machine.run(() => {
        isDone()
        return machine.time() >= quiet
      }, RECOVERED_WITHIN_MS)
      healed = await isHealed()
    }
    if (healed && !deps.isTooLong()) return
    story.problem('they did not come together')
    for (const device of devices)
      story.problem(`${device.name}: ${JSON.stringify(device.life()?.session.sync()?.state())}`)
    for (const difference of [...differences(devices), ...disagreements(devices)]) story.problem(difference)
  }

  /** What a device has on its disk of notes that were not deleted for good. */
  const textsOf = (device: DeviceHost): [DocumentId, Y.Doc][] => {
    const life = device.life()
    if (life === null) return []
    const { documents, notes, workspace } = life.session
    return [...documents.known().keys()]
      .filter(id => !isDeletedIn(notes.home, id))
      .map(id => [id, docOn(device.disk(), documentDatabase(workspace.id, id))])
  }

  type Texts = readonly (readonly [DocumentId, Y.Doc])[]

  const lacks = async ({ host }: StoryRelay, texts: Texts): Promise<boolean> => {
    const [log] = host.disk.logs.values()
    const { oracle } = truth
    if (!log || oracle === null) return false
    for (const [id, doc] of texts) {
      const entries = log.entries.filter(entry => entry.document === id && entry.replaced === null)
      if (!(await oracle.holds(id, entries, doc))) return true
    }
    return false
  }

  /** The relays that lack something of it. */
  const thatLack = async (texts: Texts): Promise<string[]> => {
    const lacking: string[] = []
    for (const relay of relays) if (await lacks(relay, texts)) lacking.push(relay.host.origin)
    return lacking
  }

  const sendUnseen = async (): Promise<void> => {
    calm()
    for (const device of devices) device.killWorker()
    // Nothing that happens while a note is open tells of what an older log lacks.
    for (const relay of relays) if (dice.below(2) === 0) relay.restore('same log')
    let nextWake = 0
    const areSynced = (): boolean => {
      if (machine.time() >= nextWake) {
        nextWake = machine.time() + NUDGE_MS
        for (const device of devices) machine.after(DIRECTOR, 0, 'wake', () => wake(device))
      }
      return devices.every(isSyncedNow)
    }
    if (!(await machine.run(areSynced, HEALED_WITHIN_MS)))
      return story.problem('they were not synced by themselves')
    const end = machine.time() + NOTICED_WITHIN_MS
    for (;;) {
      const lacking = await thatLack(devices.flatMap(textsOf))
      if (lacking.length === 0) break
      if (machine.time() >= end)
        return story.problem(`all said "synced", and ${lacking} lacks what nobody has open`)
      await machine.run(areSynced, 1_000)
      await machine.run(() => false, 1_000)
    }
    census.count('all sent though nobody looked')
  }

  const thatLackSomething = async (): Promise<string[]> => {
    const life = devices[0]!.life()
    return life === null ? [] : thatLack(documentsOf(life))
  }

  const settleBesideBad = async (): Promise<void> => {
    const bad = dice.pick(relays)
    mended = origins.filter(origin => origin !== bad.host.origin)
    if (dice.below(3) === 0) bad.kill()
    else {
      bad.start()
      bad.turn(dice.pick([...SHOWS, ...HIDES]), dice.pick(devices).name)
    }
    await settle()
    census.count(`all together beside a relay that ${bad.host.process() === null ? 'is down' : 'lies'}`)
    mended = origins
  }

  return {
    sendUnseen,
    settleBesideBad,
    settle: async () => {
      if (relays.length > 1 && dice.below(BRIDGES) === 0) {
        usedBy = device => (device === devices[0] ? origins : [origins[devices.indexOf(device) % 2]!])
        census.count('one device between relays')
      }
      await settle()
    },
    // A relay that was put back a moment ago looks like before until the connections to it are seen to be lost.
    fillRelays: async () => {
      const end = machine.time() + NOTICED_WITHIN_MS
      for (;;) {
        const lacking = await thatLackSomething()
        if (lacking.length === 0) return
        if (machine.time() >= end) return story.problem(`all say "synced", and ${lacking} lacks something`)
        await machine.run(() => false, 1_000)
      }
    },
  }
}
