import type { TextUpdate } from '../../../protocol/notes.ts'
import type { PeopleValue } from '../../../protocol/people.ts'
import { ok } from '../../../protocol/result.ts'
import type { SyncEvent, SyncFacts, SyncValue } from '../../../protocol/sync.ts'
import type { VaultValue } from '../../../protocol/vault.ts'
import type { ViewMessage } from '../../../protocol/view-messages.ts'
import type { ViewRequest } from '../../../protocol/views.ts'
import { createTransfer } from '../../../worker/notes/transfer.ts'
import { createProviders } from '../../../worker/tabs/providers.ts'
import { createViewHub } from '../../../worker/tabs/view-hub.ts'
import { settled } from '../../support/manual-clock.ts'
import { SYNC_OFF } from '../../support/sync-off.ts'
import { createDevice } from '../notes/setup.ts'

/** A sync state that tests set by hand. */
const createSyncState = () => {
  const listeners = new Set<() => void>()
  let value = SYNC_OFF
  return {
    get: () => value,
    subscribe: (listener: () => void) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    set: (next: Partial<SyncValue>) => {
      value = { ...value, ...next }
      for (const listener of listeners) listener()
    },
  }
}

const createConstant = <T>(value: T) => ({ get: () => value, subscribe: () => () => {} })

const FACTS: SyncFacts = {
  relays: [],
  unused: [],
  devices: [],
  queue: { waiting: [], held: [], remaining: 0 },
  setAside: [],
  charts: { latency: [], queue: [] },
}

const EMPTY_VAULT: VaultValue = {
  rows: [],
  sealedBy: 'device',
  writable: true,
  sealing: null,
}

/** What the sync page shows, and how often it was asked for. */
const createDetails = () => {
  const listeners = new Set<() => void>()
  let facts = FACTS
  let events: readonly SyncEvent[] = []
  let asked = 0
  return {
    asked: () => asked,
    set: (next: Partial<SyncFacts>, ...news: readonly SyncEvent[]) => {
      if (Object.keys(next).length > 0) facts = { ...facts, ...next }
      if (news.length > 0) events = [...events, ...news]
      for (const listener of listeners) listener()
    },
    source: {
      facts: () => {
        asked += 1
        return facts
      },
      events: () => events,
      onChange: (listener: () => void) => {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
    },
  }
}

const NOBODY: PeopleValue = {
  workspace: 'here',
  me: 'this one',
  role: 'owner',
  people: [],
  invitations: [],
  sync: false,
  rotationDue: false,
  keysMissing: false,
}

/** A worker's view side with one device, and tabs that note down what they get. */
export const createHub = async () => {
  const device = await createDevice()
  const transfer = createTransfer()
  const sync = createSyncState()
  const details = createDetails()
  const shown = {
    transfer,
    sync,
    receipt: () => createConstant(null),
    details: () => details.source,
    recovered: createConstant([]),
    storage: createConstant({ device: 'this one', kept: 0, renewed: null, loss: null }),
    lock: createConstant({ on: false, idleMinutes: 15 as const, unconverted: 0 }),
    workspaces: createConstant({ rows: [] }),
    openVaultList: async () => ({ ...createConstant(EMPTY_VAULT), close: () => undefined }),
    people: createConstant(NOBODY),
  }
  /** Named by a word instead of an id. */
  const providersOf = (workspace: string, { notes }: typeof device) =>
    createProviders({
      notes,
      hold: async () => ok({ notes, workspace, release: () => released.push(workspace) }),
      ...shown,
    })
  const released: string[] = []
  let providers = providersOf('here', device)
  const hub = createViewHub({ providers: () => providers, clock: device.clock, epoch: 'life' })

  const openTab = () => {
    const inbox: ViewMessage[] = []
    const line = hub.join(message => inbox.push(structuredClone(message)))
    return {
      line,
      inbox,
      /** What came since it was last asked for. */
      news: async () => {
        await settled()
        await device.clock.pass(100)
        return inbox.splice(0)
      },
      /** The same without any time passing. */
      newsAtOnce: async () => {
        await settled()
        return inbox.splice(0)
      },
      watch: (watch: number, request: ViewRequest) => line.receive({ type: 'watch', watch, request }),
      unwatch: (watch: number) => line.receive({ type: 'unwatch', watch }),
      received: (watch: number) => line.receive({ type: 'received', watch }),
      reset: (watch: number) => line.receive({ type: 'reset', watch }),
      edit: (watch: number, version: number, updates: readonly TextUpdate[]) =>
        line.receive({ type: 'edit', watch, version, updates }),
      see: (seen: boolean) => line.receive({ type: 'seen', seen }),
    }
  }
  return {
    ...device,
    hub,
    transfer,
    sync,
    details,
    openTab,
    released,
    /** What showing another workspace does. */
    swap: (other: Awaited<ReturnType<typeof createDevice>>) => {
      providers = providersOf('there', other)
      hub.reset()
    },
  }
}

export const LIST: Extract<ViewRequest, { view: 'notes' }> = {
  view: 'notes',
  place: 'notes',
  filter: '',
  limit: 10,
}
