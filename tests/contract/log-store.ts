import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import { fromBase64url, toBase64url } from '../../protocol/bytes.ts'
import type { Appended, AppendRequest, LogStore } from '../../server/log/log-store.ts'

/** One store with its disk. */
export interface LogStoreRig {
  readonly store: LogStore
  /** Closes the store and opens another on the same disk. */
  reopen(): Promise<LogStore>
  /** The process dies without closing; opens another on the same disk. */
  crash(): Promise<LogStore>
  /** From now on (or no longer) the disk has no room. */
  fillDisk(full: boolean): void
}

const WORKSPACE = 'A'.repeat(43)
const [NOTE, OTHER, THIRD] = [1, 2, 3].map(n => toBase64url(new Uint8Array(16).fill(n))) as [
  string,
  string,
  string,
]
const PLENTY = { bytes: 1e9, documents: 1000 }
const text = (words: string): Uint8Array => new TextEncoder().encode(words)

/** What every log store keeps, whatever it is made of. */
export const logStoreContract = (name: string, makeRig: () => Promise<LogStoreRig>): void => {
  describe(`log store: ${name}`, () => {
    let rig: LogStoreRig
    let store: LogStore
    beforeEach(async () => {
      rig = await makeRig()
      store = rig.store
      await store.create(WORKSPACE, 'statement 0')
    })

    const append = (document: string, ...envelopes: readonly string[]): Promise<Appended> =>
      store.append(request(document, envelopes))
    const request = (document: string, envelopes: readonly string[], quota = PLENTY): AppendRequest => ({
      workspace: WORKSPACE,
      document,
      envelopes: envelopes.map(id => ({ id, bytes: text(`bytes of ${id}`) })),
      quota,
    })
    const readAll = (document: string | null, after = 0, from = store) =>
      from.read(WORKSPACE, { document, after, maxEntries: 1000, maxBytes: 1e9 })

    test('a workspace that was never made is not there', async () => {
      expect(await store.find('B'.repeat(42).concat('A'))).toBeNull()
    })

    test('RLY-22: every new log has an id of its own and begins empty', async () => {
      await store.create('B'.repeat(42).concat('A'), 'statement 0')
      const [one, two] = [await store.find(WORKSPACE), await store.find('B'.repeat(42).concat('A'))]
      expect(one).toMatchObject({ head: { position: 0, stamp: null }, statements: ['statement 0'] })
      expect(one!.log).not.toBe(two!.log)
    })

    test('a workspace is not made twice, nor a statement stored twice', async () => {
      await expect(store.create(WORKSPACE, 'another')).rejects.toThrow()
      await store.addStatements(WORKSPACE, 1, ['statement 1'], [])
      await expect(store.addStatements(WORKSPACE, 1, ['another'], [])).rejects.toThrow()
      expect((await store.find(WORKSPACE))!.statements).toEqual(['statement 0', 'statement 1'])
    })

    test('RLY-4: positions count all documents from 1, each with 8 random bytes as its stamp', async () => {
      await append(NOTE, 's.1', 's.2')
      await append(OTHER, 's.3')
      const { entries, head } = await readAll(null)
      expect(entries.map(entry => [entry.position, entry.document])).toEqual([
        [1, NOTE],
        [2, NOTE],
        [3, OTHER],
      ])
      for (const { stamp, position } of entries) {
        expect(fromBase64url(stamp)).toHaveLength(8)
        expect(await store.mark(WORKSPACE, position)).toEqual({ position, stamp })
      }
      expect(new Set(entries.map(entry => entry.stamp)).size).toBe(3)
      expect(head).toEqual({ position: 3, stamp: entries[2]!.stamp })
      expect((await store.find(WORKSPACE))!.head).toEqual(head)
    })

    test('an append tells where its document ended before and ends now', async () => {
      const first = await append(NOTE, 's.1')
      await append(OTHER, 's.2')
      const second = await append(NOTE, 's.3')
      expect(first.from).toEqual({ position: 0, stamp: null })
      expect(second.from).toEqual(first.to)
      expect(second.to).toEqual(await store.mark(WORKSPACE, 3))
    })

    test('RLY-4: a place that the log does not reach has no stamp', async () => {
      await append(NOTE, 's.1')
      expect(await store.mark(WORKSPACE, 0)).toEqual({ position: 0, stamp: null })
      expect(await store.mark(WORKSPACE, 2)).toEqual({ position: 2, stamp: null })
    })

    test('RLY-3: the same envelope again is known and changes nothing', async () => {
      const first = await append(NOTE, 's.1', 's.2')
      await append(OTHER, 's.3')
      const again = await append(NOTE, 's.2', 's.1')
      expect(again).toMatchObject({ from: first.to, to: first.to, entries: [], known: ['s.2', 's.1'] })
      const mixed = await append(NOTE, 's.1', 's.4', 's.4')
      expect(mixed.known).toEqual(['s.1', 's.4', 's.4'])
      expect(mixed.entries.map(entry => entry.position)).toEqual([4])
      expect((await readAll(null)).entries).toHaveLength(4)
    })

    test('RLY-3: the same id with other bytes, or in another document, is a conflict', async () => {
      await append(NOTE, 's.1')
      const other = await store.append({
        ...request(NOTE, []),
        envelopes: [
          { id: 's.1', bytes: text('forged') },
          { id: 's.2', bytes: text('new') },
        ],
      })
      expect(other).toMatchObject({ known: ['s.2'], refused: [{ id: 's.1', code: 'envelope-conflict' }] })
      expect((await append(OTHER, 's.1')).refused).toEqual([{ id: 's.1', code: 'envelope-conflict' }])
      expect((await readAll(NOTE)).entries[0]!.envelope).toEqual(text('bytes of s.1'))
    })

    test('RLY-16: more than the quota is refused, what fits is stored', async () => {
      const quota = { bytes: text('bytes of s.1').length * 2, documents: 2 }
      const full = await store.append(request(NOTE, ['s.1', 's.2', 's.3'], quota))
      expect(full).toMatchObject({ known: ['s.1', 's.2'], refused: [{ id: 's.3', code: 'quota-bytes' }] })
      const many = { bytes: 1e6, documents: 1 }
      expect((await store.append(request(OTHER, ['s.4'], many))).refused).toEqual([
        { id: 's.4', code: 'quota-documents' },
      ])
      expect((await store.append(request(NOTE, ['s.5'], many))).known).toEqual(['s.5'])
      expect((await store.append(request(NOTE, ['s.1'], quota))).known).toEqual(['s.1'])
    })

    test('RLY-2: appends made at once are committed in the order of the calls', async () => {
      const order: string[] = []
      const appends = Array.from({ length: 120 }, (_, n) =>
        append(n % 2 ? NOTE : OTHER, `s.${n + 1}`).then(({ to, known }) => {
          order.push(known[0]!)
          return to.position
        }),
      )
      const positions = await Promise.all(appends)
      expect(positions).toEqual(Array.from({ length: 120 }, (_, n) => n + 1))
      expect(order).toEqual(Array.from({ length: 120 }, (_, n) => `s.${n + 1}`))
    })

    test('a page ends at the limit of entries or with the entry that reaches the limit of bytes', async () => {
      await append(NOTE, 's.1', 's.2')
      await append(OTHER, 's.3')
      await append(NOTE, 's.4')
      const read = (after: number, maxEntries: number, maxBytes: number) =>
        store.read(WORKSPACE, { document: NOTE, after, maxEntries, maxBytes })
      const page = await read(0, 2, 1e9)
      expect(page.entries.map(entry => entry.position)).toEqual([1, 2])
      expect(page).toMatchObject({ more: true, head: { position: 4 } })
      expect(await read(2, 2, 1e9)).toMatchObject({ entries: [{ position: 4 }], more: false })
      expect(await read(0, 1000, 1)).toMatchObject({ entries: [{ position: 1 }], more: true })
      expect(await read(99, 10, 1e9)).toMatchObject({ entries: [], more: false, head: { position: 4 } })
    })

    test('RLY-9: changes name each document once, by its last entry', async () => {
      await append(NOTE, 's.1')
      await append(OTHER, 's.2')
      await append(NOTE, 's.3')
      await append(THIRD, 's.4')
      const first = await store.changes(WORKSPACE, 0, 2)
      expect(first).toMatchObject({
        documents: [
          { document: OTHER, head: 2 },
          { document: NOTE, head: 3 },
        ],
        more: true,
        to: await store.mark(WORKSPACE, 3),
      })
      expect(await store.changes(WORKSPACE, 3, 2)).toEqual({
        documents: [{ document: THIRD, head: 4 }],
        more: false,
        to: await store.mark(WORKSPACE, 4),
      })
      expect(await store.changes(WORKSPACE, 4, 2)).toMatchObject({ documents: [], more: false })
    })

    test('RLY-2: all that was confirmed is there after a crash, and after an orderly end', async () => {
      await append(NOTE, 's.1')
      await store.addStatements(WORKSPACE, 1, ['statement 1'], [])
      const before = { found: await store.find(WORKSPACE), page: await readAll(null) }
      store = await rig.crash()
      expect({ found: await store.find(WORKSPACE), page: await readAll(null) }).toEqual(before)
    })

    describe('a workspace that an owner deletes', () => {
      const DEVICE = 'C'.repeat(42).concat('A')

      test('RLY-25: nothing is left but what is said about its members, also of what was under way, and through a crash', async () => {
        const neighbour = 'B'.repeat(42).concat('A')
        await store.create(neighbour, 'statement 0')
        await append(NOTE, 's.1', 's.2')
        await replace(NOTE, 's.3', [1])
        await store.setSlot(WORKSPACE, { device: DEVICE, data: text('slot') }, 1e9)
        await store.purge(Number.MAX_SAFE_INTEGER, 10)
        await store.append({ ...request(NOTE, ['n.1']), workspace: neighbour })
        const { log } = (await store.find(WORKSPACE))!
        const underWay = append(OTHER, 's.4')
        await store.empty(WORKSPACE)
        await underWay
        for (const died of [false, true]) {
          if (died) store = await rig.crash()
          const found = (await store.find(WORKSPACE))!
          expect(found).toMatchObject({
            head: { position: 0, stamp: null },
            statements: ['statement 0'],
            deleted: true,
          })
          expect(found.log).not.toBe(log)
          expect((await readAll(null)).entries).toEqual([])
          expect(await store.slots(WORKSPACE)).toEqual([])
          expect((await store.changes(WORKSPACE, 0, 10)).documents).toEqual([])
          for (const position of [1, 2, 3, 4])
            expect((await store.mark(WORKSPACE, position)).stamp).toBeNull()
          expect((await store.find(neighbour))!).toMatchObject({ head: { position: 1 }, deleted: false })
        }
      })

      test('RLY-25: it takes nothing more until it is renewed, and then begins at 1', async () => {
        await append(NOTE, 's.1')
        await store.empty(WORKSPACE)
        const refused = [{ id: 's.2', code: 'workspace-deleted' }]
        expect(await append(NOTE, 's.2')).toMatchObject({ known: [], entries: [], refused })
        expect((await replace(NOTE, 's.2', [1])).refused).toEqual(refused)
        await expect(store.setSlot(WORKSPACE, { device: DEVICE, data: text('x') }, 1e9)).rejects.toThrow()
        await store.renew(WORKSPACE)
        expect((await store.find(WORKSPACE))!.deleted).toBe(false)
        const size = text('bytes of s.1').length
        const all = await store.append(request(NOTE, ['s.1', 's.2'], { bytes: size, documents: 1 }))
        expect(all).toMatchObject({ known: ['s.1'], to: { position: 1 } })
      })

      test('RLY-6: where the disk fails, nothing is deleted', async () => {
        await append(NOTE, 's.1')
        rig.fillDisk(true)
        const deleted = await store.empty(WORKSPACE).then(
          () => true,
          () => false,
        )
        rig.fillDisk(false)
        // A disk without room may still let go of something; but it does so wholly or not at all.
        expect((await readAll(null)).entries).toHaveLength(deleted ? 0 : 1)
        expect((await store.find(WORKSPACE))!.deleted).toBe(deleted)
      })
    })

    describe('slots', () => {
      const [ONE, TWO] = ['C'.repeat(42).concat('A'), 'D'.repeat(42).concat('A')] as const
      const slot = (device: string, words: string) => ({ device, data: text(words) })

      test('RLY-24: the newest slot of each device is kept, through a crash', async () => {
        expect(await store.slots(WORKSPACE)).toEqual([])
        for (const each of [slot(ONE, 'old'), slot(TWO, 'other'), slot(ONE, 'new')])
          expect(await store.setSlot(WORKSPACE, each, 1e9)).toBe(true)
        const kept = [slot(ONE, 'new'), slot(TWO, 'other')]
        expect((await store.slots(WORKSPACE)).map(row => ({ ...row }))).toEqual(kept)
        store = await rig.crash()
        expect((await store.slots(WORKSPACE)).map(row => ({ ...row }))).toEqual(kept)
      })

      test('RLY-24: who is no member any more has no slot either', async () => {
        await store.setSlot(WORKSPACE, slot(ONE, 'stays'), 1e9)
        await store.setSlot(WORKSPACE, slot(TWO, 'goes'), 1e9)
        await store.addStatements(WORKSPACE, 1, ['statement 1'], [ONE])
        expect((await store.slots(WORKSPACE)).map(({ device }) => device)).toEqual([ONE])
      })

      test('RLY-24: slots count against the quota, each with its newest size, until they go', async () => {
        await append(NOTE, 's.1')
        const one = text('bytes of s.1').length
        expect(await store.setSlot(WORKSPACE, slot(ONE, '1234'), one + 6)).toBe(true)
        expect(await store.setSlot(WORKSPACE, slot(ONE, '123456'), one + 6)).toBe(true)
        expect(await store.setSlot(WORKSPACE, slot(ONE, '1234567'), one + 6)).toBe(false)
        expect(await store.setSlot(WORKSPACE, slot(TWO, '1'), one + 6)).toBe(false)
        expect((await store.slots(WORKSPACE))[0]!.data).toEqual(text('123456'))
        const tight = { bytes: 2 * one + 5, documents: 9 }
        expect((await store.append(request(NOTE, ['s.2'], tight))).refused).toEqual([
          { id: 's.2', code: 'quota-bytes' },
        ])
        await store.addStatements(WORKSPACE, 1, ['statement 1'], [])
        expect((await store.append(request(NOTE, ['s.2'], tight))).known).toEqual(['s.2'])
      })

      test('RLY-6: a slot that the disk does not take leaves the older one', async () => {
        await store.setSlot(WORKSPACE, slot(ONE, 'old'), 1e9)
        rig.fillDisk(true)
        const large = { device: ONE, data: new Uint8Array(500_000) }
        await expect(store.setSlot(WORKSPACE, large, 1e9)).rejects.toThrow()
        rig.fillDisk(false)
        expect((await store.slots(WORKSPACE))[0]!.data).toEqual(text('old'))
      })
    })

    test('closing commits what is under way', async () => {
      const underWay = append(NOTE, 's.1')
      const reopened = await rig.reopen()
      expect((await underWay).known).toEqual(['s.1'])
      expect((await readAll(NOTE, 0, reopened)).entries).toHaveLength(1)
    })

    const replace = (document: string, id: string, replaced: readonly number[], quota = PLENTY) =>
      store.append({ ...request(document, [id], quota), replaced })
    const positions = async (document: string | null): Promise<number[]> =>
      (await readAll(document)).entries.map(({ position }) => position)

    test('SYNC-7: a snapshot takes the place of exactly the entries it names, whose stamps stay', async () => {
      await append(NOTE, 's.1', 's.2', 's.3')
      await append(OTHER, 's.4')
      const stamps = (await readAll(null)).entries.map(({ position, stamp }) => ({ position, stamp }))
      const replaced = await replace(NOTE, 's.5', [1, 2])
      expect(replaced).toMatchObject({
        from: { position: 3 },
        to: { position: 5 },
        known: ['s.5'],
        refused: [],
      })
      expect(replaced.entries.map(({ position }) => position)).toEqual([5])
      for (const died of [false, true]) {
        if (died) store = await rig.crash()
        expect(await positions(NOTE)).toEqual([3, 5])
        expect(await positions(null)).toEqual([3, 4, 5])
        for (const mark of stamps) expect(await store.mark(WORKSPACE, mark.position)).toEqual(mark)
        expect((await store.changes(WORKSPACE, 0, 10)).documents).toEqual([
          { document: OTHER, head: 4 },
          { document: NOTE, head: 5 },
        ])
      }
      expect((await append(NOTE, 's.6')).to.position).toBe(6)
    })

    test('SYNC-7: where one of them is not there, or was replaced already, nothing is stored', async () => {
      await append(NOTE, 's.1', 's.2')
      await append(OTHER, 's.3')
      await replace(NOTE, 's.4', [1])
      for (const missing of [
        [2, 1],
        [2, 3],
        [2, 99],
        [2, 2],
      ]) {
        const refused = await replace(NOTE, 's.5', missing)
        expect(refused).toMatchObject({ entries: [], known: [], from: { position: 4 }, to: { position: 4 } })
        expect(refused.refused).toEqual([{ id: 's.5', code: 'replace-conflict' }])
      }
      const full = await replace(NOTE, 's.5', [2], { bytes: 30, documents: 10 })
      expect(full.refused).toEqual([{ id: 's.5', code: 'quota-bytes' }])
      expect(await positions(null)).toEqual([2, 3, 4])
    })

    test('RLY-3: a replacement that is repeated is known, and so is what it replaced', async () => {
      await append(NOTE, 's.1')
      await replace(NOTE, 's.2', [1])
      expect(await replace(NOTE, 's.2', [1])).toMatchObject({ entries: [], known: ['s.2'], refused: [] })
      expect(await append(NOTE, 's.1')).toMatchObject({ entries: [], known: ['s.1'] })
      expect(await positions(NOTE)).toEqual([2])
    })

    test('appends and replacements of one commit stand for themselves', async () => {
      await append(NOTE, 's.1')
      const [first, conflict, last] = await Promise.all([
        replace(NOTE, 's.2', [1]),
        replace(NOTE, 's.3', [1]),
        append(NOTE, 's.4'),
      ])
      expect([first!.known, conflict!.known, last!.known]).toEqual([['s.2'], [], ['s.4']])
      expect(await positions(NOTE)).toEqual([2, 3])
    })

    test('what was replaced before a time is let go of, and only that; its stamp stays and its space is free', async () => {
      await append(NOTE, 's.1', 's.2', 's.3')
      const before = await store.mark(WORKSPACE, 2)
      await replace(NOTE, 's.4', [1, 2])
      expect(await store.purge(0, 10)).toBe(0)
      const later = Number.MAX_SAFE_INTEGER
      expect([
        await store.purge(later, 1),
        await store.purge(later, 10),
        await store.purge(later, 10),
      ]).toEqual([1, 1, 0])
      expect(await store.mark(WORKSPACE, 2)).toEqual(before)
      expect(await positions(NOTE)).toEqual([3, 4])
      const size = text('bytes of s.1').length
      const quota = { bytes: 3 * size, documents: 10 }
      expect((await store.append(request(NOTE, ['s.5', 's.6'], quota))).refused).toEqual([
        { id: 's.6', code: 'quota-bytes' },
      ])
    })

    test('RLY-6: a commit that fails refuses every append in it, and leaves nothing behind', async () => {
      await append(NOTE, 's.1')
      rig.fillDisk(true)
      const large = { id: 's.2', bytes: new Uint8Array(500_000) }
      const group = await Promise.allSettled([
        append(OTHER, 's.3'),
        store.append({ ...request(NOTE, []), envelopes: [large] }),
      ])
      expect(group.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
      rig.fillDisk(false)
      expect((await readAll(null)).entries).toHaveLength(1)
      expect((await append(OTHER, 's.3')).to.position).toBe(2)
    })

    test('however it is read in pages, a document is all of its entries in order, and the log is all documents', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(
            fc.record({
              document: fc.constantFrom(NOTE, OTHER, THIRD),
              size: fc.integer({ min: 1, max: 4 }),
            }),
          ),
          fc.integer({ min: 1, max: 5 }),
          async (appends, pageSize) => {
            rig = await makeRig()
            store = rig.store
            await store.create(WORKSPACE, 'statement 0')
            let sequence = 0
            const expected: { document: string; id: string }[] = []
            const done = appends.map(({ document, size }) => {
              const ids = Array.from({ length: size }, () => `s.${++sequence}`)
              expected.push(...ids.map(id => ({ document, id })))
              return append(document, ...ids)
            })
            await Promise.all(done)
            for (const document of [null, NOTE, OTHER, THIRD]) {
              const read: Uint8Array[] = []
              let after = 0
              for (let more = true; more; ) {
                const page = await store.read(WORKSPACE, {
                  document,
                  after,
                  maxEntries: pageSize,
                  maxBytes: 1e9,
                })
                read.push(...page.entries.map(entry => entry.envelope))
                after = page.entries.at(-1)?.position ?? after
                more = page.more
              }
              const wanted = expected.filter(entry => document === null || entry.document === document)
              expect(read).toEqual(wanted.map(({ id }) => text(`bytes of ${id}`)))
            }
          },
        ),
        { numRuns: 25 },
      )
    })
  })
}
