import { expect, it } from 'vitest'
import type { FromBroker } from '../../protocol/tab-broker.ts'
import { createPortBroker } from '../../sw/tabs/port-broker.ts'

const setup = () => {
  const openTab = () => {
    const got: (FromBroker['type'] | Transferable)[] = []
    return {
      got,
      postMessage: (message: FromBroker, ports: Transferable[]) => void got.push(message.type, ...ports),
    }
  }
  const tabs = [openTab(), openTab()] as const
  return { tabs, broker: createPortBroker({ tabs: async () => tabs }), port: new MessageChannel().port1 }
}

it('asks every tab who leads, and gives the port to the one that answers', async () => {
  const { tabs, broker, port } = setup()
  await broker({ type: 'reach-leader' }, tabs[1], [port])
  await broker({ type: 'leading' }, tabs[0], [])
  expect(tabs[0].got).toEqual(['who-leads', 'reached', port])
  expect(tabs[1].got).toEqual(['who-leads'])
})

it('keeps a port until a tab leads, and gives it away once', async () => {
  const { tabs, broker, port } = setup()
  await broker({ type: 'leading' }, tabs[0], [])
  await broker({ type: 'reach-leader' }, tabs[1], [port])
  expect(tabs[0].got).toEqual(['who-leads'])
  await broker({ type: 'leading' }, tabs[0], [])
  await broker({ type: 'leading' }, tabs[1], [])
  expect(tabs[0].got).toEqual(['who-leads', 'reached', port])
  expect(tabs[1].got).toEqual(['who-leads'])
})

it('leaves messages alone that are for others', async () => {
  const { tabs, broker, port } = setup()
  for (const data of [null, 'text', { type: 'SKIP_WAITING' }]) await broker(data, tabs[0], [port])
  await broker({ type: 'leading' }, tabs[0], [])
  expect(tabs[0].got).toEqual([])
})
