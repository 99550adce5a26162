import 'fake-indexeddb/auto'
import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { randomId, systemRandom } from '../../../worker/platform/random.ts'
import { createSeveralRelays, hasHeard, isEverywhere, write } from '../../support/several-relays.ts'

const WITHIN_MS = 15_000

/** What may happen to two devices that have two relays in common, of which the second is hostile. */
const deed = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ type: fc.constant('write' as const), device: fc.nat(1), note: fc.nat(2) }),
  },
  fc.record({
    type: fc.constantFrom('crash' as const, 'start' as const, 'remember' as const, 'rollBack' as const),
    relay: fc.nat(1),
  }),
  fc.record({ type: fc.constant('withhold' as const), is: fc.boolean() }),
  fc.record({ type: fc.constant('pause' as const) }),
)

test('SYNC-10: whatever relays do meanwhile, in the end all have every word, and each relay alone has all', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(deed, { minLength: 4, maxLength: 14 }), async deeds => {
      const { relays, lives, moveTo, end } = await createSeveralRelays(2, [[0, 1], [0, 1], [0]])
      try {
        for (const life of lives) await isEverywhere(life)
        const notes = Array.from({ length: 3 }, () => randomId(systemRandom))
        const written: [word: string, note: string][] = []
        for (const each of deeds) {
          if (each.type === 'write') {
            const word = `word${written.length} `
            const note = notes[each.note]!
            written.push([word, note])
            await write(lives[each.device]!, word, note)
          } else if (each.type === 'withhold') relays[1]!.withhold(each.is)
          else if (each.type === 'pause') await new Promise(resolve => setTimeout(resolve, 150))
          else await relays[each.relay]![each.type]()
        }
        for (const relay of relays) {
          relay.withhold(false)
          await relay.start()
        }
        for (const life of lives.slice(0, 2)) {
          life.relays.wake()
          for (const [word, note] of written) await hasHeard(life, word, note)
        }
        for (const life of lives.slice(0, 2)) await vi.waitFor(() => isEverywhere(life), WITHIN_MS)
        // Whoever has only one of them gets everything there.
        for (const number of [0, 1]) {
          const alone = await moveTo(2, [number])
          for (const [word, note] of written) await hasHeard(alone!, word, note)
        }
        expect(lives[0]!.relays.state().setAside).toBe(0)
      } finally {
        await end()
      }
    }),
    { numRuns: 6 },
  )
}, 120_000)
