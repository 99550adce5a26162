import { DEFAULT_IDLE_MINUTES, type LockScreen, type LockValue } from '../../protocol/lock.ts'
import { type Failure, fail, ok, type Result } from '../../protocol/result.ts'
import type { WorkerApi } from '../../protocol/worker-api.ts'
import type { App } from '../app/app.ts'
import type { Clock } from '../platform/clock.ts'
import type { DeviceStore } from '../storage/device-store.ts'
import { createDisk, type Disk, plainDisk } from '../storage/disk.ts'
import type { Locks } from '../tabs/tabs.ts'
import type { Observable } from '../tabs/whole-view.ts'
import { createAttempts } from './attempts.ts'
import { convertDocuments } from './convert-documents.ts'
import { endOpening, endSealing, type OpenedLock, unlock, WRONG } from './device-lock.ts'
import { createIdleWatch, type IdleWatch } from './idle-watch.ts'
import { createLockCommands, type LockCommands } from './lock-commands.ts'
import { createLockScreens, type LockScreens } from './lock-screen.ts'
import type { StoredLock } from './stored-lock.ts'

/** The app, and what stands in for it while the device is locked. */
export interface LockableApp {
  readonly api: WorkerApi
  /** The network or a person came back. */
  wake(): void
}

/** What watchers of its lock take for one life of the worker. Several may follow each other in one worker. */
export interface Life {
  readonly epoch: string
  end(): void
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

type Stage =
  | { readonly type: 'app'; readonly app: App; readonly watch: IdleWatch | null }
  | { readonly type: 'screen'; readonly screens: LockScreens }
  | { readonly type: 'failed'; readonly error: Failure }

const NOT_LOCKED = ok(null)
const LOCKING = fail('too-soon', 'Holdfast is just being locked. Try again in a moment.')
const NO_NOTES = fail('locked', 'Holdfast is locked. Enter the passphrase of this device.')
const UNSTORED = fail(
  'lock-unstored',
  'This device could not store the latest changes yet, and locking it now would lose them. Free some space first.',
)
const BUSY = fail('busy', 'An import or export is still running. Wait until it is done, or cancel it first.')

/** Errors: those of opening. Rejects where the browser does not let the device's data be opened. */
export const createLockableApp = async (deps: Deps): Promise<Result<LockableApp>> => {
  const { store, clock } = deps
  let lock: StoredLock | undefined = await store.lock()
  let opened: OpenedLock | null = null
  let unconverted = 0
  let life: Life | null = null
  let stage: Promise<Stage> = new Promise(() => undefined)
  const attempts = createAttempts(clock)
  let trying: Promise<unknown> = Promise.resolve()
  let isEnding = false
  /** What is under way between two lives. */
  let working: Promise<unknown> = Promise.resolve()

  const listeners = new Set<() => void>()
  const valueNow = (): LockValue => ({
    on: lock !== undefined && lock.phase !== 'opening',
    idleMinutes: lock?.idleMinutes ?? DEFAULT_IDLE_MINUTES,
    unconverted,
  })
  let value = valueNow()
  const changed = (): void => {
    value = valueNow()
    for (const listener of [...listeners]) listener()
  }

  /** One life ends as the next begins: tabs that hear of it find the next one, and wait until it is ready. */
  const become = async (make: (epoch: string) => Promise<Stage>): Promise<Stage> => {
    const [before, next] = [life, await deps.beginLife()]
    life = next
    const made = make(next.epoch)
    stage = made
    before?.end()
    return made
  }

  const pause = (ms: number): Promise<void> => new Promise(resolve => void clock.after(ms, resolve))

  const locked = (): LockScreen => ({ type: 'locked', waitMs: attempts.wait() })
  const screen = (first: LockScreen) => async (epoch: string) =>
    ({ type: 'screen', screens: createLockScreens(first, { ...deps, epoch }) }) as const

  const watchIdle = (): IdleWatch =>
    createIdleWatch({
      clock,
      limit: () => value.idleMinutes * 60_000,
      onIdle: () => void lockNow().catch(error => console.error('The device could not be locked.', error)),
    })

  const openApp = async (epoch: string): Promise<Stage> => {
    const disk =
      opened === null
        ? plainDisk
        : createDisk(
            opened.lock.phase === 'opening' ? 'plain' : 'sealed',
            opened.lock.phase === 'on',
            opened.keys.sealOf,
          )
    const app = await deps.openApp({
      epoch,
      disk,
      lockKey: opened?.keys.wrapping ?? null,
      lock: {
        get: () => value,
        subscribe: listener => {
          listeners.add(listener)
          return () => listeners.delete(listener)
        },
        run: commands,
      },
    })
    if (!app.ok) return { type: 'failed', error: app.error }
    return { type: 'app', app: app.value, watch: opened === null ? null : watchIdle() }
  }

  /** Nothing is left of the app in memory but what it stored. */
  const closeApp = async (): Promise<void> => {
    const now = await stage
    if (now.type !== 'app') return
    now.watch?.stop()
    await now.app.close()
  }

  /** Why the app must not be closed now; null where it may. */
  const obstacle = async (): Promise<Result<never> | null> => {
    const now = await stage
    if (now.type !== 'app') return NO_NOTES
    if (now.app.isBusy()) return BUSY
    return now.app.isUnstored() ? UNSTORED : null
  }

  const convert = async ({ lock: { phase }, keys }: OpenedLock, screens: LockScreens): Promise<void> => {
    const to = phase === 'sealing' ? 'sealed' : 'plain'
    const names = await deps.databases()
    const show = (done: number): void => screens.show({ type: 'converting', to, done, of: names.length })
    show(0)
    unconverted = await convertDocuments({
      names,
      to,
      sealOf: keys.sealOf,
      onProgress: show,
      isStopped: () => isEnding,
    })
    if (unconverted > 0) return
    if (phase === 'sealing') opened = await endSealing(store, { lock: opened!.lock, keys })
    else {
      await endOpening(store, { lock: opened!.lock, keys })
      opened = null
    }
    lock = opened?.lock
  }

  /** Goes on with what was opened: first whatever is left to be sealed or opened, then the app. */
  const proceed = async (): Promise<void> => {
    const now = await stage
    if (opened !== null && opened.lock.phase !== 'on' && now.type === 'screen') {
      await convert(opened, now.screens).catch(error => {
        // What is left is done at the next start, and meanwhile documents are used in the form that they have.
        console.error('The documents could not be converted.', error)
        unconverted = Math.max(unconverted, 1)
      })
    }
    if (isEnding) return
    changed()
    const next = await become(openApp).catch((error: unknown): Stage => {
      console.error('Holdfast could not be opened.', error)
      return { type: 'failed', error: NOT_OPENED }
    })
    if (now.type === 'screen') now.screens.close()
    if (next.type !== 'failed') return
    stage = Promise.resolve(next)
    // Whoever tries again gets a new worker: this one could only give the same answer for ever. The answer goes first.
    clock.after(ANSWER_MS, deps.end)
  }

  /** The lock was turned on or off: closes the app, converts, and opens it again. */
  const reopen = async (next: OpenedLock): Promise<void> => {
    if (isEnding) return
    const to = next.lock.phase === 'sealing' ? 'sealed' : 'plain'
    const closing = closeApp()
    await become(async epoch => {
      await closing
      return screen({ type: 'converting', to, done: 0, of: 0 })(epoch)
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
      stage = closing.then(() => screen(locked())(life?.epoch ?? ''))
      void closing.then(() => {
        store.close()
        deps.end()
      })
    })
    return ok(null)
  }

  const commands = createLockCommands({
    store,
    lock: () => lock,
    opened: () => opened,
    obstacle,
    // The answer has to leave before the app is closed.
    reopen: next => {
      opened = next
      lock = next.lock
      clock.after(0, () => {
        // Where it cannot be closed, the worker ends: the next one goes on with what is left, once it is unlocked.
        working = reopen(next).catch(error => {
          console.error('The app could not be closed for the lock.', error)
          deps.end()
        })
      })
    },
    changed: next => {
      lock = next
      if (opened) opened = { ...opened, lock: next }
      changed()
    },
    lockNow,
    active: async () => {
      const now = await stage
      if (now.type === 'app') now.watch?.active()
    },
  })

  const attempt = async (passphrase: string): Promise<Result<null>> => {
    const now = await stage
    if (isEnding) return LOCKING
    if (now.type !== 'screen' || opened !== null || lock === undefined) return NOT_LOCKED
    if (attempts.wait() > 0)
      return fail('too-soon', `Wait ${Math.ceil(attempts.wait() / 1000)} seconds before you try again.`)
    opened = await unlock(store, lock, passphrase)
    if (opened === null) {
      attempts.failed()
      now.screens.show(locked())
      return WRONG
    }
    working = proceed()
    return ok(null)
  }

  const api: WorkerApi = {
    connect: async (hello, port) => {
      const now = await stage
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
      const now = await stage
      return now.type === 'app' ? now.app.api.run(command) : NO_NOTES
    },
    unlock: async passphrase => {
      if (typeof passphrase !== 'string') return WRONG
      // One after another: many at once would all be answered before the first is known to be wrong.
      const next = trying.then(() => attempt(passphrase))
      trying = next.catch(() => undefined)
      return next
    },
    retire: async () => {
      isEnding = true
      await working
      await closeApp()
      store.close()
      clock.after(0, deps.end)
      return ok(null)
    },
  }

  const first = await become(lock === undefined ? openApp : screen(locked()))
  if (first.type === 'failed') return { ok: false, error: first.error }
  return ok({
    api,
    wake: () => void stage.then(now => now.type === 'app' && now.app.wake()),
  })
}

/** Everything was stored before; a relay that does not answer must not keep the device open. */
const CLOSING_MS = 5_000
/** Long enough for tabs to ask once more. */
const ANSWER_MS = 3_000
const NOT_OPENED: Failure = {
  code: 'start-failed',
  message:
    'What is stored on this device could not be opened. Nothing was deleted. Do not clear this browser’s data, and load the page again.',
}
