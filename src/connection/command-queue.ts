import { toBase64url } from '../../protocol/bytes.ts'
import type { Command, Intent, Outcomes } from '../../protocol/commands.ts'
import type { WorkspaceId } from '../../protocol/ids.ts'
import { type Failure, fail, type Result } from '../../protocol/result.ts'
import type { WorkerApi } from '../../protocol/worker-api.ts'
import { within } from './within.ts'

export interface CommandOptions {
  /** Names the command; a note that is made by it gets the same. */
  readonly id?: string
  /** The workspace that it is about, where that is not the one that the page shows. */
  readonly workspace?: WorkspaceId | undefined
}

export type RunCommand = <I extends Intent>(
  intent: I,
  options?: CommandOptions,
) => Promise<Result<Outcomes[I['type']]>>

const PATIENCE_MS = 30_000
/** These take as long as the person's files or the network take; the worker's death ends the wait for them. */
const UNLIMITED: ReadonlySet<Intent['type']> = new Set([
  'import-notes',
  'export-notes',
  'join-workspace',
  'turn-on-sync',
])
/** These speak of one life of the worker; a new one must not get them. */
const ONE_WORKER: ReadonlySet<Intent['type']> = new Set([
  'flush',
  'cancel-transfer',
  'active',
  'lock-now',
  'turn-on-lock',
  'turn-off-lock',
  'change-passphrase',
])

interface Pending {
  readonly command: Command
  settle(result: Result<never>): void
}

const LOST = fail(
  'connection-lost',
  'The part of the app that keeps your notes was started again. Try again.',
)

/** Also names a note before it is made. */
export const newCommandId = () => toBase64url(crypto.getRandomValues(new Uint8Array(16)))

/**
 * Runs commands on whatever worker there is, and sends those that are unconfirmed to the next one again. `shown` is the
 * workspace that the page shows: what a person does there must not be done in another one.
 */
export const createCommandQueue = (shown: () => WorkspaceId | undefined) => {
  const pending = new Set<Pending>()
  let api: WorkerApi | null = null
  let noWorker: Result<never> | null = null

  const send = async (entry: Pending) => {
    if (!api) return
    const to = api
    const patience = UNLIMITED.has(entry.command.intent.type) ? null : PATIENCE_MS
    const result = await within(patience, to.run(entry.command))
    // The worker this was asked of is gone: the next one gets the command.
    if (to !== api || !pending.delete(entry)) return
    entry.settle(result as Result<never>)
  }

  const run: RunCommand = (intent, { id = newCommandId(), workspace = shown() } = {}) =>
    new Promise(settle => {
      const entry: Pending = {
        command: { id, intent, ...(workspace !== undefined && { workspace }) },
        settle,
      }
      if (!api && noWorker) return settle(noWorker)
      if (!api && ONE_WORKER.has(intent.type)) return settle(LOST)
      pending.add(entry)
      void send(entry)
    })

  return {
    run,
    attach(to: WorkerApi): void {
      api = to
      noWorker = null
      for (const entry of pending) void send(entry)
    },
    detach(): void {
      api = null
      for (const entry of pending) {
        if (ONE_WORKER.has(entry.command.intent.type) && pending.delete(entry)) entry.settle(LOST)
      }
    },
    /** There will be no worker soon: whoever waits, or asks before there is one, is told why. */
    giveUp(error: Failure): void {
      noWorker = { ok: false, error }
      for (const entry of pending) entry.settle(noWorker)
      pending.clear()
    },
  }
}
