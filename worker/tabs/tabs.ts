import { fail, ok, type Result } from '../../protocol/result.ts'
import { TAB_PROTOCOL } from '../../protocol/version.ts'
import type { TabHello, WorkerHello } from '../../protocol/worker-api.ts'
import type { Clock } from '../platform/clock.ts'

/** What a tab's raw MessagePort must be able to do. */
interface TabPort {
  postMessage(message: unknown): void
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void
  start(): void
  close(): void
}

/** Web Locks, as far as they tell that a tab died. */
export interface Locks {
  /** Resolves when nobody holds this lock; at once where nobody does. */
  free(name: string): Promise<void>
}

export interface Tabs {
  /** `connect` of WorkerApi. Errors: `bad-hello`. */
  connect(hello: TabHello, port: unknown): Promise<Result<WorkerHello>>
  count(): number
  /** Ends all lines, because another build takes over. */
  close(): void
}

/** Where tabs get what they show. */
interface Hub {
  join(send: (message: unknown) => void): { receive(data: unknown): void; leave(): void }
}

interface Deps {
  readonly hub: Hub
  readonly clock: Clock
  readonly locks: Locks
  readonly build: string
  /** One life of the worker. */
  readonly epoch: string
  /** The last tab is gone: a good moment to store and send what is held back. */
  readonly onLastLeft: () => void
}

const isPort = (port: unknown): port is TabPort =>
  typeof port === 'object' &&
  port !== null &&
  ['postMessage', 'addEventListener', 'start', 'close'].every(
    name => typeof (port as Record<string, unknown>)[name] === 'function',
  )

const isHello = (hello: unknown): hello is TabHello => {
  const { protocol, build, lock } = (hello ?? {}) as Record<string, unknown>
  return typeof protocol === 'number' && typeof build === 'string' && typeof lock === 'string' && lock !== ''
}

/** A tab's last words may arrive after its lock became free, since they go another way. */
const LINGER_MS = 1_000

export const createTabs = ({ hub, clock, locks, build, epoch, onLastLeft }: Deps): Tabs => {
  /** Ends the lines of those that are there, and of those that left a moment ago. */
  const lines = new Set<() => void>()
  let count = 0

  const join = (port: TabPort, lock: string): void => {
    const line = hub.join(message => port.postMessage(message))
    const end = (): void => {
      if (!lines.delete(end)) return
      line.leave()
      port.close()
    }
    const leave = (): void => {
      if (!lines.has(end)) return
      count -= 1
      line.receive({ type: 'seen', seen: false })
      clock.after(LINGER_MS, end)
      if (count === 0) onLastLeft()
    }
    lines.add(end)
    count += 1
    port.addEventListener('message', ({ data }) => line.receive(data))
    port.start()
    // A tab that crashed says nothing, but its lock becomes free.
    locks.free(lock).then(leave, error => {
      console.error('A tab cannot be watched over, so it is let go.', error)
      leave()
    })
  }

  return {
    connect: async (hello, port) => {
      if (!isHello(hello) || !isPort(port))
        return fail('bad-hello', 'This tab and Holdfast do not understand each other. Reload it.')
      const joined = hello.protocol === TAB_PROTOCOL && hello.build === build
      if (joined) join(port, hello.lock)
      return ok({ epoch, build, joined })
    },
    count: () => count,
    close: () => {
      for (const end of [...lines]) end()
      count = 0
    },
  }
}

/** The browser's Web Locks. */
export const webLocks = (locks: {
  request(name: string, callback: () => void): Promise<unknown>
}): Locks => ({
  free: async name => {
    await locks.request(name, () => undefined)
  },
})
