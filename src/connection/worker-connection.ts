import * as Comlink from 'comlink'
import type { WorkspaceId } from '../../protocol/ids.ts'
import type { LockScreen } from '../../protocol/lock.ts'
import { type Failure, fail, type Result } from '../../protocol/result.ts'
import { TAB_PROTOCOL } from '../../protocol/version.ts'
import type { TabMessage, ViewMessage } from '../../protocol/view-messages.ts'
import { lifeLock, type WorkerApi, type WorkerHello } from '../../protocol/worker-api.ts'
import { createCommandQueue, type RunCommand } from './command-queue.ts'
import { within } from './within.ts'

export type ConnectionState =
  | { readonly type: 'connecting' }
  | { readonly type: 'connected'; readonly epoch: string }
  | { readonly type: 'failed'; readonly failure: Failure }
  /** There are no notes to be seen: the device is locked, or what is stored on it is being converted. */
  | { readonly type: 'lock-screen'; readonly screen: LockScreen }
  /** A newer build owns the data: this page has to be loaded again. */
  | { readonly type: 'superseded' }

export interface WorkerConnection {
  readonly state: ConnectionState
  onState(listener: (state: ConnectionState) => void): () => void
  readonly run: RunCommand
  /** Where a passphrase is asked for. Errors: those of WorkerApi, and of a connection that was lost. */
  readonly unlock: (passphrase: string) => Promise<Result<null>>
  /** Tries again at once after `failed`. */
  retry(): void
}

/** One attempt at reaching the worker: the port to talk Comlink on, and a promise that tells of a script error. */
export interface StartedWorker {
  readonly port: MessagePort
  readonly broken: Promise<string>
}

export interface Workers {
  start(): StartedWorker
  /** The shared worker of this browser is of no use: from now on without one. */
  avoidShared(): void
}

export interface ConnectionDeps {
  readonly workers: Workers
  readonly locks: Pick<LockManager, 'request'>
  readonly build: string
  readonly feed: {
    attach(send: (message: TabMessage) => void): (message: ViewMessage) => void
    detach(): void
  }
  /** The workspace that the page shows, once it is known. */
  readonly shown: () => WorkspaceId | undefined
}

/**
 * Doubles with each attempt, up to a limit. The first is short: right after a worker has died, the browser may hand out a connection
 * to the dead one, which never answers. Asking a slow but living one twice does no harm.
 */
const FIRST_PATIENCE_MS = 1_000
const LAST_PATIENCE_MS = 4_000
const RETIRE_MS = 10_000
const UNLOCK_MS = 30_000
const OTHER_BUILD: Failure = {
  code: 'other-build',
  message: 'Another version of Holdfast is running. Your notes are safe. Load the page again.',
}
const NOT_ASKED = fail('connection-lost', 'Holdfast is just being started. Try again in a moment.')
const PAUSES_MS = [0, 0, 250, 1_000, 5_000]

export const createWorkerConnection = ({
  workers,
  locks,
  build,
  feed,
  shown,
}: ConnectionDeps): WorkerConnection => {
  const commands = createCommandQueue(shown)
  const listeners = new Set<(state: ConnectionState) => void>()
  let state: ConnectionState = { type: 'connecting' }
  let hurry: () => void = () => {}

  const setState = (to: ConnectionState) => {
    state = to
    for (const listener of listeners) listener(to)
  }

  const lockName = `holdfast-tab-${crypto.randomUUID()}`
  const tabLock = new Promise<void>(granted => {
    void locks.request(lockName, () => {
      granted()
      return new Promise<never>(() => {})
    })
  })

  const workerGone = (epoch: string, signal?: AbortSignal): Promise<unknown> =>
    locks.request(lifeLock(epoch), signal ? { mode: 'shared', signal } : { mode: 'shared' }, () => {})

  const pause = (ms: number) =>
    new Promise<void>(resolve => {
      if (ms === 0) return resolve()
      const timer = setTimeout(resolve, ms)
      hurry = () => {
        clearTimeout(timer)
        resolve()
      }
    })

  /** What the page wants to see is asked for along with the hello: a worker that takes the page in finds it at the port. */
  const greet = async (api: WorkerApi, started: StartedWorker, patience: number) => {
    const channel = new MessageChannel()
    const hello = { protocol: TAB_PROTOCOL, build, lock: lockName }
    const broken = started.broken.then((why): Result<WorkerHello> => fail('start-failed', why))
    const asked = api.connect(hello, Comlink.transfer(channel.port2, [channel.port2]))
    const receive = feed.attach(message => channel.port1.postMessage(message))
    const answer = await within(patience, Promise.race([asked, broken]))
    const isIn = answer.ok && answer.value.joined
    if (!isIn || answer.value.lockScreen) feed.detach()
    if (!isIn) channel.port1.close()
    return { answer, port: channel.port1, receive }
  }

  const live = async (
    api: WorkerApi,
    port: MessagePort,
    receive: (message: ViewMessage) => void,
    hello: WorkerHello,
  ) => {
    port.onmessage = (event: MessageEvent<ViewMessage>) => receive(event.data)
    commands.attach(api)
    setState({ type: 'connected', epoch: hello.epoch })
    await workerGone(hello.epoch)
    port.close()
    feed.detach()
    commands.detach()
    setState({ type: 'connecting' })
  }

  let locked: WorkerApi | null = null

  /** Shows what the worker says until that life of it is over: then there are notes to be seen, or another worker. */
  const waitBehindLock = async (api: WorkerApi, port: MessagePort, hello: WorkerHello) => {
    locked = api
    port.onmessage = (event: MessageEvent<LockScreen>) =>
      setState({ type: 'lock-screen', screen: event.data })
    await workerGone(hello.epoch)
    locked = null
    port.close()
    setState({ type: 'connecting' })
  }

  const letRetire = async (api: WorkerApi, epoch: string) => {
    // Another tab may have asked it already: then it answers nothing more.
    void within(RETIRE_MS, api.retire())
    await workerGone(epoch, AbortSignal.timeout(RETIRE_MS)).catch(() => {})
  }

  const keepConnected = async () => {
    await tabLock
    let wasConnected = false
    for (let attempt = 0; ; ) {
      await pause(PAUSES_MS[Math.min(attempt, PAUSES_MS.length - 1)]!)
      const started = workers.start()
      const api = Comlink.wrap<WorkerApi>(started.port) as unknown as WorkerApi
      const { answer, port, receive } = await greet(
        api,
        started,
        Math.min(FIRST_PATIENCE_MS * 2 ** attempt, LAST_PATIENCE_MS),
      )
      if (answer.ok && answer.value.joined && answer.value.lockScreen) {
        attempt = 0
        await waitBehindLock(api, port, answer.value)
      } else if (answer.ok && answer.value.joined) {
        wasConnected = true
        attempt = 0
        await live(api, port, receive, answer.value)
      } else if (answer.ok && wasConnected) {
        // Only a newer page takes the data over from a worker of ours. Taking it back would never end.
        commands.giveUp(OTHER_BUILD)
        return setState({ type: 'superseded' })
      } else if (answer.ok) {
        await letRetire(api, answer.value.epoch)
        attempt = Math.min(attempt + 1, PAUSES_MS.length - 1)
      } else if (answer.error.code === 'shared-worker-unfit') {
        workers.avoidShared()
      } else {
        attempt = Math.min(attempt + 1, PAUSES_MS.length - 1)
        if (attempt === PAUSES_MS.length - 1 || answer.error.code === 'start-failed') {
          commands.giveUp(answer.error)
          setState({ type: 'failed', failure: answer.error })
        }
      }
      started.port.close()
    }
  }

  void keepConnected()

  return {
    get state() {
      return state
    },
    onState(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    run: commands.run,
    unlock: passphrase =>
      locked === null ? Promise.resolve(NOT_ASKED) : within(UNLOCK_MS, locked.unlock(passphrase)),
    retry: () => hurry(),
  }
}
