import { expect, test, vi } from 'vitest'
import { ok } from '../../../protocol/result.ts'
import { createMembersChanged } from '../../../worker/sync/members-changed.ts'

/** A device that hears of members, and what it may do by what it heard last. */
const setup = (rights: { mayWrite: boolean; hasRoot: boolean }) => {
  const restart = vi.fn()
  const changed = createMembersChanged({
    workspace: { mayWrite: () => rights.mayWrite, hasRoot: () => rights.hasRoot },
    documents: { known: () => new Map(), isOpen: () => false },
    access: { publish: async () => ok(null) },
    link: { restart },
    channels: { open: new Map() },
    catchUp: { unclean: () => undefined },
  })
  return {
    restart,
    heard: (next: Partial<typeof rights>) => {
      Object.assign(rights, next)
      changed()
    },
  }
}

test('what waited for the newest keys is taken up again once they are here', () => {
  const { restart, heard } = setup({ mayWrite: true, hasRoot: true })
  heard({ hasRoot: false })
  restart.mockClear()
  heard({ hasRoot: true })
  expect(restart).toHaveBeenCalledOnce()
})

test('what waited for the right to write is taken up again with it; what else is said of others changes nothing', () => {
  const { restart, heard } = setup({ mayWrite: false, hasRoot: true })
  heard({ mayWrite: true })
  expect(restart).toHaveBeenCalledOnce()
  heard({})
  expect(restart).toHaveBeenCalledOnce()
})
