import { expect, test } from 'vitest'
import { generateDeviceKeys } from '../../../worker/keys/device-keys.ts'
import { systemClock } from '../../../worker/platform/clock.ts'
import { systemRandom } from '../../../worker/platform/random.ts'
import type { DeviceStore } from '../../../worker/storage/device-store.ts'
import { sealedRelay } from '../../../worker/storage/stored-relay.ts'
import { createMembership } from '../../../worker/workspace/membership.ts'
import { createWorkspace, openWorkspace, type Workspace } from '../../../worker/workspace/workspace.ts'

const RELAY = sealedRelay('https://relay.example')

test('a relay that could not be stored is not taken for set: whoever tries again is not told that it is', async () => {
  const device = await generateDeviceKeys()
  let isFull = true
  const store: Partial<DeviceStore> = {
    note: async () => undefined,
    changeWorkspace: async () => {
      if (isFull) throw new DOMException('full', 'QuotaExceededError')
    },
  }
  const made = await createWorkspace(device, systemRandom, systemClock)
  const opened = await openWorkspace(made, { device, store: store as DeviceStore, clock: systemClock })
  if (!opened.ok) throw new Error(opened.error.message)
  const workspace = opened.value
  await expect(workspace.setRelays([RELAY])).rejects.toThrow('full')
  expect(workspace.relays()).toEqual([])
  isFull = false
  await workspace.setRelays([RELAY])
  expect(workspace.relays()).toEqual([RELAY])
})

test('new keys are there as soon as they count, while that is still being stored', async () => {
  const device = await generateDeviceKeys()
  const had: boolean[] = []
  const store: Partial<DeviceStore> = {
    note: async () => undefined,
    changeWorkspace: async () => void had.push(workspace.hasRoot()),
  }
  const made = await createWorkspace(device, systemRandom, systemClock)
  const opened = await openWorkspace(made, { device, store: store as DeviceStore, clock: systemClock })
  if (!opened.ok) throw new Error(opened.error.message)
  const workspace: Workspace = opened.value
  const before = workspace.epoch()
  await createMembership({
    workspace,
    self: device.device,
    random: systemRandom,
    clock: systemClock,
  }).rotate()
  expect(workspace.epoch()).not.toBe(before)
  expect(had).toEqual([true])
})
