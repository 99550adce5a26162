import type { DeviceId } from '../../../protocol/ids.ts'
import type { Slots as SlotsMessage } from '../../../protocol/relay-messages.ts'
import type { SlotContent, Want } from '../../../protocol/slot.ts'
import type { SlotSealer } from '../../keys/slot-sealer.ts'
import { createListeners } from '../../listeners.ts'
import type { Clock } from '../../platform/clock.ts'
import type { RelayMemory } from '../relay/relay-memory.ts'

/** What the devices of a workspace tell each other by way of a relay, without being there at the same time. */
export interface Slots {
  /** The relay greeted us: its log, and where that ends. */
  opened(log: string, head: number): void
  closed(): void
  received(message: SlotsMessage): Promise<void>
  /** What is stored, wanted or had may have changed. */
  changed(): void
  /** The log under this name is not the one we knew: nothing that anybody said about its places holds. */
  otherHistory(): void
  setWants(wants: readonly Want[]): void
  setHaves(haves: readonly string[]): void
  /** The newest slots of other members. */
  others(): ReadonlyMap<DeviceId, SlotContent>
  onOthers(listener: () => void): () => void
  stop(): void
}

interface Deps {
  readonly sealer: SlotSealer
  readonly clock: Clock
  /** False where there is no connection. */
  readonly send: (data: Uint8Array) => boolean
  /** Up to where everything of the relay's log is stored here; null where that is not known now. */
  readonly stored: () => number | null
  /** Makes sure that what came since is known to be all: a later `changed` call follows. */
  readonly probe: () => void
  /** Whether there is anybody to tell. */
  readonly hasOthers: () => boolean
  readonly isMember: (device: DeviceId) => boolean
  readonly memory: RelayMemory
  /** A slot that could not be opened or verified. */
  readonly onBad: (device: DeviceId, code: string) => void
}

/** It is told when nothing has changed for so long… */
const PAUSE_MS = 1_000
/** …and after so long while somebody types without a pause: each telling costs as much as several keys. */
const LATEST_MS = 10_000
const BETWEEN_MS = 2_000

interface Scheduled {
  /** When it was first asked for. */
  readonly first: number
  /** Others wait for it: what comes meanwhile does not put it off. */
  readonly soon: boolean
  readonly cancel: () => void
}

export const createSlots = (deps: Deps): Slots => {
  const { clock, sealer } = deps
  const listeners = createListeners()
  let { own } = deps.memory.get()
  let others = new Map(Object.entries(deps.memory.get().others))
  let wants: readonly Want[] = []
  let haves: readonly string[] = []
  let log: string | null = null
  /** What the relay was told last on this connection. */
  let told = ''
  let sentAt = Number.NEGATIVE_INFINITY
  let scheduled: Scheduled | null = null

  const remember = (): void => deps.memory.update({ own, others: Object.fromEntries(others) })
  const announce = (): void => listeners.tell()

  /** What is stored stays stored: a number once reached is kept, though a document may be in use again. */
  const claim = (): number | null => {
    const now = deps.stored()
    return now === null ? null : Math.max(now, own?.log === log ? own.stored : 0)
  }

  const send = async (): Promise<void> => {
    scheduled = null
    const at = log
    if (at === null || !deps.hasOthers()) return
    deps.probe()
    const stored = claim()
    if (stored === null) return
    const facts = { log: at, stored, wants, haves }
    const text = JSON.stringify(facts)
    if (text === told) return
    const content: SlotContent = { ...facts, at: Math.max(clock.now(), (own?.at ?? 0) + 1) }
    own = { log: at, stored, at: content.at }
    told = text
    sentAt = clock.now()
    remember()
    const sealed = await sealer.seal(content)
    if (log === at && !deps.send(sealed)) told = ''
  }

  const schedule = (soon: boolean): void => {
    if (log === null || scheduled?.soon) return
    const now = clock.now()
    const first = scheduled?.first ?? now
    scheduled?.cancel()
    const quiet = soon ? now + PAUSE_MS : Math.min(now + PAUSE_MS, first + LATEST_MS)
    const wait = Math.max(quiet, sentAt + BETWEEN_MS) - now
    // A clock that was set back must not put it off for long.
    const cancel = clock.after(Math.min(Math.max(wait, 0), BETWEEN_MS), () => {
      send().catch(error => {
        told = ''
        console.error('Other devices could not be told what is stored here.', (error as Error).name)
      })
    })
    scheduled = { first, soon, cancel }
  }
  const forgetOthers = (): void => {
    others = new Map([...others].map(([device, slot]) => [device, { ...slot, stored: 0 }]))
  }
  const cancel = (): void => {
    scheduled?.cancel()
    scheduled = null
  }

  return {
    opened: (greeted, head) => {
      log = greeted
      told = ''
      // A log that was put back may have grown again: what was claimed before may be of entries that are no more. The
      // relay hands out anew what was claimed of the log that it has.
      forgetOthers()
      if (own?.log === greeted && own.stored > head) own = { ...own, stored: 0 }
      schedule(true)
    },
    closed: () => {
      log = null
      cancel()
    },
    received: async message => {
      let news = false
      for (const { device, data } of message.slots) {
        const opened = await sealer.open(device, data)
        if (!opened.ok) {
          deps.onBad(device, opened.error.code)
          continue
        }
        const known = others.get(device)
        // The relay may hand out an older one again.
        if (known && opened.value.at < known.at) continue
        news ||= opened.value.at !== known?.at || opened.value.stored !== known.stored
        others.set(device, opened.value)
      }
      if (!news) return
      remember()
      announce()
    },
    changed: () => schedule(false),
    otherHistory: () => {
      if (own !== null) own = { ...own, stored: 0 }
      forgetOthers()
      remember()
      told = ''
      schedule(true)
    },
    setWants: next => {
      wants = next
      schedule(true)
    },
    setHaves: next => {
      haves = next
      schedule(true)
    },
    others: () => new Map([...others].filter(([device]) => deps.isMember(device))),
    onOthers: listeners.add,
    stop: () => {
      log = null
      cancel()
    },
  }
}
