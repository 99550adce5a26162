import type { SyncDetailsChanges, SyncDetailsValue, SyncEvent, SyncFacts } from '../../protocol/sync.ts'
import { type AnyView, anyView } from './view.ts'

/** `facts` and `events` are the same objects as long as nothing of them changed. */
export interface SyncDetailsSource {
  facts(): SyncFacts
  events(): readonly SyncEvent[]
  onChange(listener: () => void): () => void
}

interface State {
  readonly version: number
  readonly facts: SyncFacts
  readonly events: readonly SyncEvent[]
}

/** Nobody reads quicker than this, and a busy sync changes something all the time. */
const GATHER_MS = 500

/** What the sync page shows. Nothing of it is computed while nobody watches. */
export const createSyncDetailsView = (source: SyncDetailsSource): AnyView => {
  let state: State = { version: 0, facts: source.facts(), events: source.events() }
  const read = (): State => {
    const [facts, events] = [source.facts(), source.events()]
    if (facts !== state.facts || events !== state.events)
      state = { version: state.version + 1, facts, events }
    return state
  }
  return anyView<State>({
    gather: GATHER_MS,
    state: read,
    version: ({ version }) => version,
    value: () => {
      const { facts, events } = read()
      return { ...facts, events } satisfies SyncDetailsValue
    },
    changes: (from, to) => {
      const last = from.events.at(-1)?.id ?? 0
      const changes: SyncDetailsChanges = {
        ...(to.facts === from.facts ? {} : to.facts),
        events: to.events.filter(({ id }) => id > last),
      }
      // The events of another life of sync count from the start again.
      return (to.events.at(-1)?.id ?? 0) < last ? null : { changes }
    },
    onChange: source.onChange,
    close: () => undefined,
  })
}
