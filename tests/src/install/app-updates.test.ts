import { expect, it } from 'vitest'
import { createAppUpdates } from '../../../src/install/app-updates.ts'

const setup = () => {
  const told: string[] = []
  let stored: () => void = () => {}
  const updates = createAppUpdates({
    skipWaiting: () => void told.push('skip waiting'),
    flush: async () => void told.push('flush'),
    edits: { whenAllStored: () => new Promise(resolve => (stored = resolve)) },
    reload: () => void told.push('reload'),
  })
  return { updates, told, storeAll: () => stored() }
}

it('lets a new version take over only once everything typed is stored', async () => {
  const { updates, told, storeAll } = setup()
  updates.waiting()
  expect(updates.state).toBe('ready')
  const applied = updates.apply()
  await Promise.resolve()
  await Promise.resolve()
  expect(told).toEqual(['flush'])
  storeAll()
  await applied
  expect(told).toEqual(['flush', 'skip waiting'])
})

it('waits in the same way where another tab has let it', async () => {
  const { updates, told, storeAll } = setup()
  const over = updates.takenOver()
  await Promise.resolve()
  await Promise.resolve()
  expect(told).toEqual(['flush'])
  storeAll()
  await over
  expect(told).toEqual(['flush', 'reload'])
})
