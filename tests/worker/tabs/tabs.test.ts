import { once } from 'node:events'
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { TAB_PROTOCOL } from '../../../protocol/version.ts'
import { createTabs, webLocks } from '../../../worker/tabs/tabs.ts'
import { settled } from '../../support/manual-clock.ts'
import { createHub, LIST } from './setup.ts'

/** Locks that tests hold and let go by name. */
const createLocks = () => {
  const waiting = new Map<string, () => void>()
  return {
    free: (name: string) => new Promise<void>(resolve => waiting.set(name, resolve)),
    letGo: (name: string) => waiting.get(name)?.(),
  }
}

const setup = async () => {
  const { hub, clock } = await createHub()
  const locks = createLocks()
  let left = 0
  const tabs = createTabs({ hub, clock, locks, build: 'b1', epoch: 'life', onLastLeft: () => left++ })
  return { hub, clock, locks, tabs, left: () => left }
}
const hello = (lock: string, build = 'b1') => ({ protocol: TAB_PROTOCOL, build, lock })
const next = async (port: MessagePort): Promise<unknown> => (await once(port, 'message'))[0]

test('a tab connects, watches, and is let go when its lock becomes free', async () => {
  const { hub, clock, locks, tabs, left } = await setup()
  const [one, two] = [new MessageChannel(), new MessageChannel()]
  expect(await tabs.connect(hello('one'), one.port1)).toEqual({
    ok: true,
    value: { epoch: 'life', build: 'b1', joined: true },
  })
  await tabs.connect(hello('two'), two.port1)
  one.port2.postMessage({ type: 'watch', watch: 1, request: LIST })
  expect(await next(one.port2)).toMatchObject({ type: 'snapshot', watch: 1 })
  const closed = once(one.port2, 'close')
  locks.letGo('one')
  await settled()
  expect([hub.views(), tabs.count(), left()], 'its last words may still come').toEqual([1, 1, 0])
  await clock.pass(1_000)
  await closed
  await settled()
  expect([hub.views(), tabs.count(), left()]).toEqual([0, 1, 0])
  locks.letGo('two')
  await settled()
  expect([tabs.count(), left()]).toEqual([0, 1])
})

test('another build and another protocol are answered but not let in, nonsense is refused', async () => {
  const { tabs } = await setup()
  const { port1 } = new MessageChannel()
  const answers = [
    await tabs.connect(hello('x', 'b2'), port1),
    await tabs.connect({ ...hello('x'), protocol: TAB_PROTOCOL + 1 }, port1),
    await tabs.connect(hello(''), port1),
    await tabs.connect(hello('x'), {}),
  ].map(result => (result.ok ? result.value.joined : result.error.code))
  expect(answers).toEqual([false, false, 'bad-hello', 'bad-hello'])
  expect(tabs.count()).toBe(0)
  port1.close()
})

test('closing ends every line', async () => {
  const { tabs } = await setup()
  const { port1, port2 } = new MessageChannel()
  await tabs.connect(hello('one'), port1)
  const closed = once(port2, 'close')
  tabs.close()
  await closed
  expect(tabs.count()).toBe(0)
})

test('real Web Locks tell when a holder lets go', async () => {
  let letGo: (() => void) | undefined
  const holding = navigator.locks.request(
    'tab',
    () =>
      new Promise<void>(resolve => {
        letGo = resolve
      }),
  )
  let free = false
  const freed = webLocks(navigator.locks)
    .free('tab')
    .then(() => {
      free = true
    })
  await settled()
  expect(free).toBe(false)
  letGo?.()
  await Promise.all([holding, freed])
  expect(free).toBe(true)
})
