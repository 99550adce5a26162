import type { DocumentId } from '../../protocol/ids.ts'
import { fail, type Result } from '../../protocol/result.ts'
import type { ReceiptValue, SyncEvent } from '../../protocol/sync.ts'
import type { LocalDocuments } from '../documents/local-documents.ts'
import { confirmingAmong, type StoredRelay } from '../storage/stored-relay.ts'
import {
  devicesOfAll,
  type RelaysState,
  receiptOfAll,
  setAsideOfAll,
  stateOfAll,
  unsentEverywhere,
} from './relays-state.ts'
import { createDiary, type Diary } from './report/diary.ts'
import type { SyncReport } from './report/sync-report.ts'
import { createSync, type Sync, type SyncDeps } from './sync.ts'
import { createTrustedSync, type Index, type TrustedSync } from './trusted/trusted-sync.ts'

/** A workspace's documents at all of its relays: each change goes to all of them, and comes from any. */
export interface Relays extends Pick<Sync, 'onChange' | 'wake' | 'retry' | 'audit' | 'stop'> {
  state(): RelaysState
  /** What was said here goes to all; it is heard of as soon as one of them has it. Errors: `no-relay`, `unreachable`, a `RefusalCode`. */
  publish(): Promise<Result<null>>
  /** The sync with one of them that is a relay of Holdfast. */
  at(origin: string): Sync | null
  receipt(document: DocumentId): ReceiptValue
  events(): readonly SyncEvent[]
  report(): RelaysReport
}

/** For a person who asks; computed anew at each call. */
export interface RelaysReport
  extends Pick<SyncReport, 'waiting' | 'held' | 'remaining' | 'setAside' | 'devices' | 'charts'> {
  readonly relays: readonly { readonly relay: StoredRelay; readonly report: SyncReport }[]
}

interface Deps extends Omit<SyncDeps, 'relay' | 'documents' | 'diary' | 'updated'> {
  readonly relays: readonly StoredRelay[]
  readonly documents: LocalDocuments
  readonly index: Index
}

/** One of them, of either kind. `sealed` is null for a server that was named as trusted. */
interface One {
  readonly relay: StoredRelay
  readonly sync: TrustedSync
  readonly sealed: Sync | null
}

/** One relay's part of the diary. Where there are several, what happened says at which. */
const partOf = (diary: Diary, { origin }: StoredRelay, several: boolean): Diary => ({
  ...diary,
  note: (kind, text) => diary.note(kind, several ? `${new URL(origin).host}: ${text}` : text),
  queue: () => undefined, // what one of them lacks, another may have
})

const ONLY_TRUSTED = fail(
  'no-relay',
  'This workspace has only servers that were named as trusted, and those know nothing of members. Add a relay first.',
)

/** As soon as one relay was told: one that does not answer is not waited for. Null where none could be. */
const firstOk = (telling: readonly Promise<Result<null>>[]): Promise<Result<null> | null> =>
  Promise.any(
    telling.map(async each => {
      const told = await each
      return told.ok ? told : Promise.reject(new Error(told.error.code))
    }),
  ).catch(() => null)

export const createRelays = async ({ relays, documents, ...deps }: Deps): Promise<Relays> => {
  const diary = createDiary(deps.clock)
  const all = await Promise.all(
    relays.map(async (relay): Promise<One> => {
      const part = partOf(diary, relay, relays.length > 1)
      const each = { ...deps, relay, documents: documents.at(relay.origin), diary: part }
      if (relay.kind === 'trusted') {
        const sync = await createTrustedSync({ ...each, self: deps.device.device })
        return { relay, sync, sealed: null }
      }
      const sync = await createSync({ ...each, updated: deps.index.updated })
      return { relay, sync, sealed: sync }
    }),
  )
  const syncs = all.map(({ sync }) => sync)
  const confirming = confirmingAmong(all)
  const unsent = () => unsentEverywhere(confirming.map(({ sync }) => sync.unsent()))

  return {
    state: () => {
      const now = unsent()
      diary.queue(now.documents.size)
      return stateOfAll(
        all.map(({ relay, sync }) => ({ relay, state: sync.state() })),
        now,
      )
    },
    onChange: listener => {
      const stops = syncs.map(sync => sync.onChange(listener))
      return () => {
        for (const stop of stops) stop()
      }
    },
    at: origin => all.find(({ relay }) => relay.origin === origin)?.sealed ?? null,
    receipt: document => receiptOfAll(syncs.map(sync => sync.receipt(document))),
    events: diary.events,
    report: () => {
      const reports = all.map(({ relay, sync }) => ({ relay, report: sync.report() }))
      const each = reports.map(({ report }) => report)
      const { documents, held } = unsent()
      return {
        relays: reports,
        waiting: [...documents],
        held: [...held],
        remaining: Math.max(0, ...each.map(({ remaining }) => remaining)),
        setAside: setAsideOfAll(each),
        devices: devicesOfAll(each.map(({ devices }) => devices)),
        charts: diary.charts(),
      }
    },
    publish: async () => {
      const telling = all.flatMap(({ sealed }) => sealed?.access.publish() ?? [])
      return (await firstOk(telling)) ?? (await telling[0]) ?? ONLY_TRUSTED
    },
    wake: () => {
      for (const sync of syncs) sync.wake()
    },
    retry: () => {
      for (const sync of syncs) sync.retry()
    },
    audit: async () => {
      await Promise.all(all.map(({ sealed }) => sealed?.audit()))
    },
    stop: async () => {
      await Promise.all(syncs.map(sync => sync.stop()))
    },
  }
}
