import { expect, test } from 'vitest'
import type { OutboxEntry } from '../../../../protocol/outbox.ts'
import { createOutboxSlot } from '../../../../worker/sync/document/outbox-slot.ts'

const RELAY = 'https://relay.example'
const CUT = { cut: 1, state: { stateVector: new Uint8Array(), deletes: '' } }

/** A document's disk, and a service worker that keeps what it is given. */
const setup = () => {
  const disk = new Map<string, unknown>()
  const held = new Set<string>()
  const start = () => {
    const marks = new Map(disk)
    return createOutboxSlot({
      relay: RELAY,
      workspace: 'workspace',
      document: 'document',
      generation: () => 0,
      store: {
        mark: key => marks.get(key),
        setMark: (key, value) => void marks.set(key, value),
        save: async () => {
          for (const [key, value] of marks) disk.set(key, value)
        },
      },
      sealer: {
        seal: async () => ({ id: 'session.1', fingerprint: new Uint8Array(), bytes: new Uint8Array() }),
      } as never,
      outbox: {
        put: async ({ document }: OutboxEntry) => {
          held.add(document)
          return true
        },
        remove: async ({ document }: OutboxEntry) => void held.delete(document),
        clear: async () => held.clear(),
      } as never,
    })
  }
  return { start, held }
}

test('what a worker put into the outbox right before it was killed is taken back by the next one, once it is sent', async () => {
  const { start, held } = setup()
  await start().put(new Uint8Array(8), new Uint8Array(), CUT)
  expect(held.size).toBe(1)
  await start().clear()
  expect(held.size).toBe(0)
})
