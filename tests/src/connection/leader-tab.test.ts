import { afterEach, expect, it } from 'vitest'
import { lifeLock, OWNER_LOCK } from '../../../protocol/worker-api.ts'
import type { OwnWorker } from '../../../src/connection/hosted-worker.ts'
import { createLeaderTab } from '../../../src/connection/leader-tab.ts'
import { createPortBroker } from '../../../sw/tabs/port-broker.ts'

const closings: (() => void)[] = []
afterEach(() => {
  for (const close of closings.splice(0)) close()
})

/** A browser without shared workers, in which tabs open and close. Each worker says its number on every port. */
const setup = ({ serviceWorker = true, loads = true } = {}) => {
  const browser = crypto.randomUUID()
  const containers = new Set<EventTarget>()
  let workers = 0
  let activate: () => void = () => {}
  const ready = new Promise<void>(resolve => {
    activate = resolve
  })
  const asTab = (container: EventTarget) => ({
    postMessage: (data: unknown, ports: Transferable[]) => {
      if (!containers.has(container)) return
      container.dispatchEvent(Object.assign(new Event('message'), { data, ports }))
    },
  })
  const startBroker = () => createPortBroker({ tabs: async () => [...containers].map(asTab) })
  let broker = startBroker()

  const openTab = () => {
    let close: () => void = () => {}
    const closed = new Promise<void>(resolve => {
      close = resolve
    })
    const request = (name: string, ...rest: unknown[]) => {
      const callback = rest.pop() as (lock: Lock | null) => unknown
      const options = (rest[0] ?? {}) as LockOptions
      return navigator.locks.request(browser + name, options, lock =>
        Promise.race([closed, callback(lock) as Promise<unknown>]),
      )
    }
    const locks = { request } as unknown as Pick<LockManager, 'request'>

    const spawn = (): OwnWorker => {
      workers += 1
      const number = workers
      const worker: OwnWorker = {
        onmessage: null,
        onerror: null,
        terminate: () => {},
        postMessage: ((_: null, [port]: MessagePort[]) => {
          port!.postMessage(number)
          port!.onmessage = () => end()
          closings.push(() => port!.close())
        }) as OwnWorker['postMessage'],
      }
      let end: () => void = () => {}
      const ended = new Promise<void>(resolve => {
        end = resolve
      })
      if (!loads)
        queueMicrotask(() => worker.onerror?.call(worker as Worker, new Event('error') as ErrorEvent))
      else
        void request(OWNER_LOCK, () => {
          const data = lifeLock(String(number))
          void request(data, () => ended)
          setImmediate(() => worker.onmessage?.call(worker as Worker, new MessageEvent('message', { data })))
          return ended
        })
      return worker
    }

    const container = new EventTarget()
    containers.add(container)
    const registration = {
      active: {
        postMessage: (data: unknown, ports: MessagePort[]) => void broker(data, asTab(container), ports),
      },
    }
    const start = createLeaderTab({
      locks,
      serviceWorker: serviceWorker
        ? (Object.assign(container, {
            ready: ready.then(() => registration),
            startMessages: () => {},
          }) as unknown as ServiceWorkerContainer)
        : undefined,
      spawn,
    })
    closings.push(() => close())
    return {
      /** Resolves with the number of the worker that answers, or why none does. */
      reach: () => {
        const { port, broken } = start()
        closings.push(() => port.close())
        const answered = new Promise<number>(resolve => {
          port.onmessage = ({ data }) => resolve(data as number)
        })
        return { port, answered: Promise.race([answered, broken]) }
      },
      close: () => {
        containers.delete(container)
        close()
      },
    }
  }
  return {
    openTab,
    activate: () => activate(),
    restartServiceWorker: () => {
      broker = startBroker()
    },
    workers: () => workers,
  }
}

it('runs one worker for all tabs, in the first of them', async () => {
  const { openTab, activate, workers } = setup()
  activate()
  const [first, second, third] = [openTab(), openTab(), openTab()]
  expect(await first.reach().answered).toBe(1)
  expect(await second.reach().answered).toBe(1)
  expect(await third.reach().answered).toBe(1)
  expect(workers()).toBe(1)
})

it('works in the first tab before there is a service worker, and in the second as soon as there is one', async () => {
  const { openTab, activate } = setup()
  const [first, second] = [openTab(), openTab()]
  expect(await first.reach().answered).toBe(1)
  const waiting = second.reach().answered
  activate()
  expect(await waiting).toBe(1)
})

it('gives the lead to a tab that has waited for it, which others reach then', async () => {
  const { openTab, activate } = setup()
  activate()
  const [first, second, third] = [openTab(), openTab(), openTab()]
  await first.reach().answered
  await third.reach().answered
  first.close()
  expect(await third.reach().answered).toBe(2)
  expect(await second.reach().answered).toBe(2)
})

it('leads at once where the one who led went away before there was a service worker', async () => {
  const { openTab } = setup()
  const [first, second] = [openTab(), openTab()]
  await first.reach().answered
  const waiting = second.reach().answered
  first.close()
  expect(await waiting).toBe(2)
})

it('starts another worker where the one it had has ended', async () => {
  const { openTab, activate } = setup()
  activate()
  const [first, second] = [openTab(), openTab()]
  await first.reach().answered
  const { port, answered } = second.reach()
  await answered
  port.postMessage('retire')
  await expect.poll(() => first.reach().answered).toBe(2)
  expect(await second.reach().answered).toBe(2)
})

it('asks anew who leads when the service worker was started again', async () => {
  const { openTab, activate, restartServiceWorker } = setup()
  activate()
  const [first, second] = [openTab(), openTab()]
  await first.reach().answered
  restartServiceWorker()
  expect(await second.reach().answered).toBe(1)
})

it('says so where the worker cannot be loaded', async () => {
  const { openTab } = setup({ loads: false })
  expect(await openTab().reach().answered).toMatch(/could not be loaded/)
})

it('has one tab work where there is no service worker either, and tells the others why they cannot', async () => {
  const { openTab } = setup({ serviceWorker: false })
  const [first, second] = [openTab(), openTab()]
  expect(await first.reach().answered).toBe(1)
  expect(await second.reach().answered).toMatch(/one tab at a time/)
  first.close()
  await expect.poll(() => second.reach().answered).toBe(2)
})
