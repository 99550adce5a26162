import { type DocumentId, HOME_DOCUMENT } from '../../protocol/ids.ts'
import type { DeviceFacts, ReceiptValue, SyncFacts } from '../../protocol/sync.ts'
import type { StoredRelay } from '../storage/stored-relay.ts'
import type { LinkState } from './relay/relay-link.ts'
import type { SyncReport, SyncState } from './report/sync-report.ts'

/** How one relay of several stands. */
export interface RelayState {
  readonly relay: StoredRelay
  readonly state: SyncState
}

/** What all relays of a workspace have together. */
export interface RelaysState extends SyncState {
  /** In the order in which they were named. */
  readonly relays: readonly RelayState[]
}

/** Documents of which a relay may lack something, and those of them that the service worker holds for it. */
export interface Unsent {
  readonly documents: ReadonlySet<DocumentId>
  readonly held: ReadonlySet<DocumentId>
}

/** What no relay has confirmed. It is held where the service worker has it for any of them. */
export const unsentEverywhere = (relays: readonly Unsent[]): Unsent => {
  const [first, ...others] = relays
  const documents = [...(first?.documents ?? [])].filter(id =>
    others.every(({ documents }) => documents.has(id)),
  )
  return {
    documents: new Set(documents),
    held: new Set(documents.filter(id => relays.some(({ held }) => held.has(id)))),
  }
}

/** An edit changes its note and the index; a person made one change. */
export const waitingNotes = (unsent: ReadonlySet<DocumentId>): number =>
  Math.max(unsent.size - (unsent.has(HOME_DOCUMENT) ? 1 : 0), Math.min(unsent.size, 1))

/** One that is open speaks for all; a refusal does only where no other relay can be hoped for. */
const linkOf = (states: readonly SyncState[]): LinkState => {
  const links = states.map(({ link }) => link)
  const found = (['open', 'waiting', 'connecting', 'refused'] as const).flatMap(phase =>
    links.filter(link => link.phase === phase),
  )
  return found[0] ?? { phase: 'stopped' }
}

const latest = (times: readonly (number | null)[]): number | null => {
  const known = times.filter(time => time !== null)
  return known.length === 0 ? null : Math.max(...known)
}

export const stateOfAll = (relays: readonly RelayState[], unsent: Unsent): RelaysState => {
  const states = relays.map(({ state }) => state)
  const open = states.filter(({ link }) => link.phase === 'open')
  return {
    relays,
    link: linkOf(states),
    reached: states.some(({ reached }) => reached),
    reachedAt: latest(states.map(({ reachedAt }) => reachedAt)),
    waiting: waitingNotes(unsent.documents),
    queued: unsent.held.size,
    // The same change may be bad at one relay and good at another.
    setAside: Math.max(0, ...states.map(({ setAside }) => setAside)),
    remaining: Math.max(0, ...open.map(({ remaining }) => remaining)),
    caughtUp: open.every(({ caughtUp }) => caughtUp),
  }
}

/** How far a document has come by whichever relay knows more. */
export const receiptOfAll = (receipts: readonly ReceiptValue[]): ReceiptValue => {
  const known = receipts.filter(receipt => receipt !== null)
  if (known.length === 0) return null
  return {
    relayed: known.find(({ relayed }) => relayed !== null)?.relayed ?? null,
    handedTo: known.find(({ handedTo }) => handedTo !== null)?.handedTo ?? null,
    delivered: [...new Set(known.flatMap(({ delivered }) => delivered))],
    others: Math.max(...known.map(({ others }) => others)),
  }
}

/** Each device by what is known of it from any relay. */
export const devicesOfAll = (lists: readonly (readonly DeviceFacts[])[]): DeviceFacts[] => {
  const devices = new Map<string, DeviceFacts>()
  for (const device of lists.flat()) {
    const before = devices.get(device.id)
    if (!before) devices.set(device.id, device)
    else {
      const behind = [before.behind, device.behind].filter(each => each !== null)
      devices.set(device.id, {
        ...before,
        seenAt: latest([before.seenAt, device.seenAt]),
        behind: behind.length === 0 ? null : Math.min(...behind),
      })
    }
  }
  return [...devices.values()]
}

/** What was set aside, once where several relays handed it out. */
export const setAsideOfAll = (reports: readonly Pick<SyncReport, 'setAside'>[]): SyncFacts['setAside'] => {
  const found = new Map<string, SyncFacts['setAside'][number]>()
  for (const entry of reports.flatMap(({ setAside }) => setAside)) {
    const key = `${entry.document} ${entry.reason}`
    if ((found.get(key)?.count ?? 0) < entry.count) found.set(key, entry)
  }
  return [...found.values()]
}
