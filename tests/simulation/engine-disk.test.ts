import 'fake-indexeddb/auto'
import { afterEach, expect, test, vi } from 'vitest'
import { createDisk, createDisks } from './engine/disk.ts'
import { createMachine, type Process } from './engine/machine.ts'

const thrown: unknown[] = []
const machine = createMachine(
  () => {},
  error => thrown.push(error),
)
const disks = createDisks(() => machine)

/** Two processes of one device, and what happens when one of them is killed. */
const setup = () => {
  vi.stubGlobal('setImmediate', (action: () => void) =>
    machine.after(machine.current(), 0.05, 'disk', action),
  )
  const host = { name: 'device', skew: 0 }
  disks.put(host, createDisk())
  const opened: string[] = []
  return {
    opened,
    worker: machine.spawn('worker', host),
    serviceWorker: machine.spawn('service worker', host),
    open: (process: Process): void => {
      machine.after(process, 0, 'open', () => {
        const request = disks.of(host)!.databases.open('keys', 1)
        request.onupgradeneeded = () => request.result.createObjectStore('all')
        request.onsuccess = () => {
          request.result.transaction('all')
          opened.push(process.name)
        }
      })
    },
    kill: (process: Process): void => {
      machine.kill(process)
      disks.release(process)
    },
    pass: (milliseconds: number) => machine.run(() => false, milliseconds),
  }
}

afterEach(() => {
  vi.unstubAllGlobals()
  thrown.length = 0
})

test.each([0.06, 0.11, 0.16, 0.21, 0.26])('a death %d ms later leaves what others open alone', async wait => {
  const { opened, worker, serviceWorker, open, kill, pass } = setup()
  open(serviceWorker)
  open(worker)
  await pass(wait)
  kill(serviceWorker)
  await pass(10)
  expect(thrown).toEqual([])
  expect(opened).toContain('worker')
})

test.each([0.06, 0.11, 0.16, 0.21])('whoever waits behind one that dies after %d ms goes on', async wait => {
  const { opened, worker, serviceWorker, open, kill, pass } = setup()
  open(worker)
  open(serviceWorker)
  await pass(wait)
  kill(worker)
  await pass(10)
  expect(thrown).toEqual([])
  expect(opened).toContain('service worker')
})

test('a death while another opens what nobody else has open', async () => {
  const { opened, worker, serviceWorker, open, kill, pass } = setup()
  open(worker)
  await pass(0.06)
  kill(serviceWorker)
  await pass(10)
  expect(thrown).toEqual([])
  expect(opened).toEqual(['worker'])
})
