import type { Command, Intent, Outcomes } from './commands.ts'
import type { Result } from './result.ts'

/** Names that a tab and the worker must agree on beforehand. */
export const WORKER_NAME = 'holdfast'
/** Web Lock that the owner of the data holds, exclusively, as long as it lives. */
export const OWNER_LOCK = 'holdfast-owner'
/** Web Lock that one life of the worker holds until it ends: whoever else gets it knows that this very life is over. */
export const lifeLock = (epoch: string): string => `holdfast-worker-${epoch}`

export interface TabHello {
  readonly protocol: number
  /** The build of the page, to be compared with the worker's. */
  readonly build: string
  /** A Web Lock that the tab holds as long as it lives. */
  readonly lock: string
}

export interface WorkerHello {
  /** One life of the worker. */
  readonly epoch: string
  readonly build: string
  /** Not where the builds differ: ask it to `retire`, then start it again. */
  readonly joined: boolean
  /** There are no notes to be seen: the port says what to show instead, a LockScreen of lock.ts. */
  readonly lockScreen?: true
}

/**
 * What a tab may call, through Comlink. Nothing here throws: a refusal is a Result.
 * Views come over the MessagePort that `connect` is given (TabMessage and ViewMessage of views.ts).
 */
export interface WorkerApi {
  /**
   * Errors: `bad-hello`, `start-failed`, `shared-worker-unfit` (a dedicated worker would do).
   */
  connect(hello: TabHello, port: unknown): Promise<Result<WorkerHello>>
  run<I extends Intent>(command: Command<I>): Promise<Result<Outcomes[I['type']]>>
  /**
   * Where a passphrase is asked for. Then a new life begins, with notes to be seen.
   * Errors: `wrong-passphrase`, `too-soon`.
   */
  unlock(passphrase: string): Promise<Result<null>>
  /** Stores everything, lets go of the data and ends the worker, so that another build can own it. */
  retire(): Promise<Result<null>>
}
