import type { LockValue } from '../../protocol/lock.ts'
import { type Failure, fail, ok, type Result } from '../../protocol/result.ts'
import type { WorkerApi } from '../../protocol/worker-api.ts'
import type { App } from '../app/app.ts'
import type { Clock } from '../platform/clock.ts'
import type { DeviceStore } from '../storage/device-store.ts'
import { createDisk, type Disk, plainDisk } from '../storage/disk.ts'
import type { Locks } from '../tabs/tabs.ts'
import type { Observable } from '../tabs/whole-view.ts'
import { loadAttempts } from './attempts.ts'
import type { OpenedLock } from './device-lock.ts'
import { finishConversion } from './finish-conversion.ts'
import { createIdleWatch, type IdleWatch } from './idle-watch.ts'
import { createLockCommands, type LockCommands } from './lock-commands.ts'
import { createLockScreens } from './lock-screen.ts'
import { createLockState } from './lock-state.ts'
import { createStages, type Life, type Stage } from './stages.ts'
import { createUnlocking } from './unlocking.ts'

/** The app, and what stands in for it while the device is locked. */
export interface LockableApp {
  readonly api: WorkerApi
  /** The network or a person came back. */
  wake(): void
}

/** What the device lock has a say in when the app is opened. */
export interface OpenAs {
  readonly epoch: string
  readonly disk: Disk
  readonly lockKey: CryptoKey | null
  readonly lock: Observable<LockValue> & { readonly run: LockCommands }
}

interface Deps {
  readonly store: DeviceStore
  readonly clock: Clock
  readonly locks: Locks
  readonly build: string
  readonly beginLife: () => Promise<Life>
  /** Errors and rejections: see createApp. */
  readonly openApp: (how: OpenAs) => Promise<Result<App>>
  /** Names of all databases that hold documents. */
  readonly databases: () => Promise<readonly string[]>
  /** Tabs are to hide what they show, at once. */
  readonly tellLocking: () => void
  /** Ends the worker, with all that is in its memory. */
  readonly end: () => void
}

const NO_NOTES = fail('locked', 'Holdfast is locked. Enter the passphrase of this device.')
const UNSTORED = fail(
  'lock-unstored',
  'This device could not store the latest changes yet, and locking it now would lose them. Free some space first.',
)
const BUSY = fail('busy', 'An import or export is still running. Wait until it is done, or cancel it first.')
const NOT_OPENED: Failure = {
  code: 'start-failed',
  message:
    'What is stored on this device could not be opened. Nothing was deleted. Do not clear this browser’s data, and load the page again.',
}
/** Everything was stored before; a relay that does not answer must not keep the device open. */
const CLOSING_MS = 5_000
/** Long enough for tabs to ask once more. */
const ANSWER_MS = 3_000

const diskFor = (opened: OpenedLock | null): Disk =>
  opened === null
    ? plainDisk
    : createDisk(
        opened.lock.phase === 'opening' ? 'plain' : 'sealed',
        opened.lock.phase === 'on',
        opened.keys.sealOf,
      )

/** Errors: those of opening. Rejects where the browser does not let the device's data be opened. */
export const createLockableApp = async (deps: Deps): Promise<Result<LockableApp>> => {
  const { store, clock } = deps
  const state = createLockState(await store.lock())
  const attempts = await loadAttempts(clock, store)
  const stages = createStages(deps.beginLife)
  let isEnding = false
  /** What is under way between two lives. */
  let working: Promise<unknown> = Promise.resolve()

  const pause = (ms: number): Promise<void> => new Promise(resolve => void clock.after(ms, resolve))

  const unlocking = createUnlocking({
    store,
    attempts,
    state,
    stages,
    isEnding: () => isEnding,
    onUnlocked: () => {
      working = proceed()
    },
  })

  const openScreen = (epoch: string, first = unlocking.screen()): Stage => ({
    type: 'screen',
    screens: createLockScreens(first, { ...deps, epoch }),
  })

  const watchIdle = (): IdleWatch =>
    createIdleWatch({
      clock,
      limit: () => state.value.get().idleMinutes * 60_000,
      onIdle: () => void lockNow().catch(error => console.error('The device could not be locked.', error)),
    })

  const openApp = async (epoch: string): Promise<Stage> => {
    const opened = state.opened()
    const app = await deps.openApp({
      epoch,
      disk: diskFor(opened),
      lockKey: opened?.keys.wrapping ?? null,
      lock: { ...state.value, run: commands },
    })
    if (!app.ok) return { type: 'failed', error: app.error }
    return { type: 'app', app: app.value, watch: state.opened() === null ? null : watchIdle() }
  }

  /** Nothing is left of the app in memory but what it stored. */
  const closeApp = async (): Promise<void> => {
    const now = await stages.now()
    if (now.type !== 'app') return
    now.watch?.stop()
    await now.app.close()
  }

  /** Why the app must not be closed now; null where it may. */
  const obstacle = async (): Promise<Result<never> | null> => {
    const now = await stages.now()
    if (now.type !== 'app') return NO_NOTES
    if (now.app.isBusy()) return BUSY
    return now.app.isUnstored() ? UNSTORED : null
  }

  /** Goes on with what was opened: first whatever is left to be sealed or opened, then the app. */
  const proceed = async (): Promise<void> => {
    const now = await stages.now()
    if (now.type === 'screen')
      await finishConversion({ ...deps, state, screens: now.screens, isStopped: () => isEnding })
    if (isEnding) return
    state.announce()
    const next = await stages.become(openApp).catch((error: unknown): Stage => {
      console.error('Holdfast could not be opened.', error)
      return { type: 'failed', error: NOT_OPENED }
    })
    if (now.type === 'screen') now.screens.close()
    if (next.type !== 'failed') return
    stages.replace(Promise.resolve(next))
    // Whoever tries again gets a new worker: this one could only give the same answer for ever. The answer goes first.
    clock.after(ANSWER_MS, deps.end)
  }

  /** The lock was turned on or off: closes the app, converts, and opens it again. */
  const reopen = async (next: OpenedLock): Promise<void> => {
    if (isEnding) return
    const to = next.lock.phase === 'sealing' ? 'sealed' : 'plain'
    const closing = closeApp()
    await stages.become(async epoch => {
      await closing
      return openScreen(epoch, { type: 'converting', to, done: 0, of: 0 })
    })
    await proceed()
  }

  const lockNow = async (): Promise<Result<null>> => {
    const refusal = await obstacle()
    if (refusal) return refusal
    if (isEnding) return ok(null)
    isEnding = true
    deps.tellLocking()
    // The answer goes first. A page that is loaded again meanwhile sees the lock screen.
    clock.after(0, () => {
      const closing = Promise.race([closeApp(), pause(CLOSING_MS)]).catch(error =>
        console.error('The app could not be closed before it was locked.', error),
      )
      stages.replace(closing.then(() => openScreen(stages.epoch())))
      void closing.then(() => {
        store.close()
        deps.end()
      })
    })
    return ok(null)
  }

  const commands = createLockCommands({
    store,
    lock: state.stored,
    opened: state.opened,
    obstacle,
    // The answer has to leave before the app is closed.
    reopen: next => {
      state.become(next)
      clock.after(0, () => {
        // Where it cannot be closed, the worker ends: the next one goes on with what is left, once it is unlocked.
        working = reopen(next).catch(error => {
          console.error('The app could not be closed for the lock.', error)
          deps.end()
        })
      })
    },
    changed: lock => {
      state.set(lock)
      state.announce()
    },
    lockNow,
    active: async () => {
      const now = await stages.now()
      if (now.type === 'app') now.watch?.active()
    },
  })

  const api: WorkerApi = {
    connect: async (hello, port) => {
      const now = await stages.now()
      switch (now.type) {
        case 'app':
          return now.app.api.connect(hello, port)
        case 'screen':
          return now.screens.connect(hello, port)
        case 'failed':
          return { ok: false, error: now.error }
      }
    },
    run: async command => {
      const now = await stages.now()
      return now.type === 'app' ? now.app.api.run(command) : NO_NOTES
    },
    unlock: unlocking.enter,
    retire: async () => {
      isEnding = true
      await working
      await closeApp()
      store.close()
      clock.after(0, deps.end)
      return ok(null)
    },
  }

  const first = await stages.become(state.stored() === undefined ? openApp : async epoch => openScreen(epoch))
  if (first.type === 'failed') return { ok: false, error: first.error }
  return ok({
    api,
    wake: () => void stages.now().then(now => now.type === 'app' && now.app.wake()),
  })
}
