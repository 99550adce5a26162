import { expect, test } from 'vitest'
import { createBadgeKeeper } from '../../sw/shell/app-badge.ts'

const setup = (open: number) => {
  const cleared: string[] = []
  const clearAppBadge = async () => void cleared.push('cleared')
  return { cleared, keep: createBadgeKeeper({ tabs: async () => open, badge: { clearAppBadge } }) }
}

test('when the last change is delivered with every tab closed, the number goes from the icon', async () => {
  const { cleared, keep } = setup(0)
  await keep(2)
  expect(cleared).toEqual([])
  await keep(0)
  expect(cleared).toEqual(['cleared'])
})

test('while a tab is open, the tab says what is unsent', async () => {
  const { cleared, keep } = setup(1)
  await keep(0)
  expect(cleared).toEqual([])
})

test('a browser without badges, or that refuses them, is no trouble', async () => {
  await createBadgeKeeper({ tabs: async () => 0, badge: {} })(0)
  const refusing = { clearAppBadge: () => Promise.reject(new Error('no')) }
  await createBadgeKeeper({ tabs: async () => 0, badge: refusing })(0)
})
