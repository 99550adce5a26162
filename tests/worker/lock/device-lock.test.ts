import fc from 'fast-check'
import { afterEach, expect, test, vi } from 'vitest'
import { appointedBy } from '../../../protocol/courier.ts'
import { thumbprint } from '../../../protocol/ids.ts'
import type { LockScreen, LockValue } from '../../../protocol/lock.ts'
import { readSigningKeys } from '../../../sw/outbox/device-keys.ts'
import { createManualClock } from '../../support/manual-clock.ts'
import { readDatabases } from '../../support/read-databases.ts'
import {
  type DeviceDisk,
  newDisk,
  shownNames,
  shownTitles,
  startWorkerApp,
  type WorkerApp,
} from '../../support/worker-app.ts'
import { must } from '../notes/setup.ts'

const PASSPHRASE = 'correct horse battery'
const ON = { type: 'turn-on-lock', passphrase: PASSPHRASE, idleMinutes: 5 } as const
const WORDS = ['Umbrella', 'Porcupine', 'Lighthouse'] as const

const codeOf = (result: { ok: boolean; error?: { code: string } }): string | undefined => result.error?.code

const lockOf = async (app: WorkerApp, isSo: (value: LockValue) => boolean = () => true) => {
  const tab = await app.openTab()
  const value = await tab.see({ view: 'lock' }, isSo)
  tab.close()
  return value
}

/** The app once there are notes to be seen. */
const unlocked = (app: WorkerApp): Promise<void> =>
  vi.waitFor(async () => expect(await app.lockScreens()).toEqual([]), { timeout: 5_000 })

/** A device on which something is written, and its lock turned on. */
const lockedDevice = async (disk: DeviceDisk = newDisk()) => {
  const app = await startWorkerApp(disk)
  for (const word of WORDS) must(await app.ask({ type: 'create-note', text: `${word}\nsecret text` }))
  must(await app.ask({ type: 'change-workspace', name: 'Hideout', colour: 'rose' }))
  must(await app.ask({ type: 'create-workspace', name: 'Embassy', colour: 'grey' }))
  must(await app.ask({ type: 'create-note', text: 'Negotiation' }))
  must(
    await app.ask({
      type: 'switch-workspace',
      target: (await app.store.workspaces()).find(({ name }) => name === 'Hideout')!.id,
    }),
  )
  must(await app.ask(ON))
  await vi.waitFor(() => expect(app.livesOver).toHaveLength(2))
  await unlocked(app)
  return { app, disk }
}

const start = async (disk: DeviceDisk) => {
  const app = await startWorkerApp(disk)
  must(await app.unlock(PASSPHRASE))
  await unlocked(app)
  return app
}

const ENTRY = 'AAAAAAAAAAAAAAAAAAAABA'

const readable = /Umbrella|Porcupine|Lighthouse|secret text|Hideout|Embassy|Negotiation/

afterEach(() => vi.restoreAllMocks())
// A passphrase is slow to stretch on purpose, and slower on a busy machine.
vi.setConfig({ testTimeout: 40_000 })

test('with the lock on, no word, title or name can be read on the disk, and all of it is there once it is unlocked', async () => {
  const { app, disk } = await lockedDevice()
  expect(await lockOf(app)).toEqual({ on: true, idleMinutes: 5, unconverted: 0 })
  must(await app.ask({ type: 'create-note', text: 'Written later, secret text' }))
  expect(await shownTitles(app)).toContain('Umbrella')
  await app.stop()
  expect(await readDatabases()).not.toMatch(readable)
  expect(await readDatabases()).not.toContain('Written later')

  const again = await startWorkerApp(disk)
  expect(await again.lockScreens()).toEqual([{ type: 'locked', waitMs: 0 }])
  expect(codeOf(await again.ask({ type: 'create-note', text: 'x' }))).toBe('locked')
  must(await again.unlock(PASSPHRASE))
  await unlocked(again)
  expect((await shownTitles(again)).sort()).toEqual([...WORDS, 'Written later, secret text'].sort())
  expect(await shownNames(again)).toEqual(['Embassy', '[Hideout]'])
  await again.stop()
})

test('BOX-6: the device stays the same one: its keys are wrapped otherwise, and while it is locked only its courier signs', async () => {
  const disk = newDisk()
  const before = await startWorkerApp(disk)
  const keys = await before.store.keys()
  const signs = async () => {
    const read = await readSigningKeys(disk)
    return read && new Uint8Array(await crypto.subtle.sign('Ed25519', read.signing, new Uint8Array(4)))
  }
  const signature = await signs()
  expect(signature).toHaveLength(64)
  await before.stop()

  const { app } = await lockedDevice(disk)
  expect((await app.store.keys())?.device).toBe(keys?.device)
  const courier = await readSigningKeys(disk)
  expect(courier?.publicKey).not.toEqual(keys?.publicKey)
  expect(await appointedBy(courier?.by, await thumbprint(courier!.publicKey))).toBe(keys?.device)
  await app.stop()

  const again = await start(disk)
  must(await again.ask({ type: 'turn-off-lock', passphrase: PASSPHRASE }))
  await vi.waitFor(async () => expect(await again.store.lock()).toBeUndefined())
  await unlocked(again)
  expect(await signs()).toEqual(signature)
  expect(await readSigningKeys(disk)).not.toHaveProperty('by')
  await again.stop()
})

test('turned off with the passphrase only, everything is as it was without a lock', async () => {
  const { app, disk } = await lockedDevice()
  expect(codeOf(await app.ask({ type: 'turn-off-lock', passphrase: 'guessed wrong' }))).toBe(
    'wrong-passphrase',
  )
  must(await app.ask({ type: 'turn-off-lock', passphrase: PASSPHRASE }))
  await vi.waitFor(() => expect(app.livesOver).toHaveLength(4))
  await unlocked(app)
  expect(await lockOf(app)).toMatchObject({ on: false, unconverted: 0 })
  expect((await shownTitles(app)).sort()).toEqual([...WORDS].sort())
  await app.stop()
  expect(await readDatabases()).toMatch(/secret text/)

  const again = await startWorkerApp(disk)
  expect((await shownTitles(again)).sort()).toEqual([...WORDS].sort())
  await again.stop()
})

test('TAB-13: locking now ends the worker, after it told all tabs, and nothing that was stored is lost', async () => {
  const { app, disk } = await lockedDevice()
  must(await app.ask({ type: 'create-note', text: 'Last words' }))
  const complaints = vi.spyOn(console, 'error').mockImplementation(() => {})
  must(await app.ask({ type: 'lock-now' }))
  expect(app.told).toEqual(['locking'])
  await app.ended
  expect(complaints).not.toHaveBeenCalled()
  const again = await start(disk)
  expect(await shownTitles(again)).toContain('Last words')
  await again.stop()
})

test('without a lock there is nothing to lock, and with one it is not turned on again', async () => {
  const app = await startWorkerApp(newDisk())
  expect(codeOf(await app.ask({ type: 'lock-now' }))).toBe('lock-is-off')
  expect(codeOf(await app.ask({ type: 'turn-off-lock', passphrase: PASSPHRASE }))).toBe('lock-is-off')
  expect(codeOf(await app.ask({ ...ON, passphrase: 'short' }))).toBe('passphrase-short')
  expect(codeOf(await app.ask({ ...ON, idleMinutes: 1 as never }))).toBe('unknown-command')
  expect(await app.store.lock()).toBeUndefined()
  must(await app.ask(ON))
  await vi.waitFor(() => expect(app.livesOver).toHaveLength(2))
  await unlocked(app)
  expect(codeOf(await app.ask(ON))).toBe('lock-is-on')
  await app.stop()
})

test('two tabs that turn it on at once get one lock, which opens all of it', async () => {
  const disk = newDisk()
  const app = await startWorkerApp(disk)
  for (const word of WORDS) must(await app.ask({ type: 'create-note', text: word }))
  const answers = await Promise.all([app.ask(ON), app.ask({ ...ON, passphrase: 'quite another one' })])
  expect(answers.map(codeOf)).toEqual([undefined, 'lock-is-on'])
  await vi.waitFor(() => expect(app.livesOver).toHaveLength(2))
  await unlocked(app)
  await app.stop()
  const again = await start(disk)
  expect((await shownTitles(again)).sort()).toEqual([...WORDS].sort())
  await again.stop()
})

test('a wrong passphrase is said, and each one after the third has to wait longer', async () => {
  const { app, disk } = await lockedDevice()
  await app.stop()
  const clock = createManualClock()
  const again = await startWorkerApp(disk, { clock })
  const guess = async () => codeOf(await again.unlock('not this one'))
  expect([await guess(), await guess(), await guess()]).toEqual(Array(3).fill('wrong-passphrase'))
  expect(await guess()).toBe('too-soon')
  expect(codeOf(await again.unlock(PASSPHRASE))).toBe('too-soon')
  expect(await again.lockScreens()).toEqual([{ type: 'locked', waitMs: 2_000 }])
  await clock.pass(2_000)
  expect([await guess(), await guess()]).toEqual(['wrong-passphrase', 'too-soon'])
  await clock.pass(2_000)
  expect(await guess()).toBe('too-soon')
  await clock.pass(2_000)
  must(await again.unlock(PASSPHRASE))
  await unlocked(again)
  expect((await shownTitles(again)).sort()).toEqual([...WORDS].sort())
})

test('loading everything again does not shorten the wait, and the right passphrase ends it', async () => {
  const { app, disk } = await lockedDevice()
  await app.stop()
  const clock = createManualClock()
  const first = await startWorkerApp(disk, { clock })
  for (let guess = 0; guess < 4; guess++) {
    await clock.pass(60_000)
    await first.unlock('not this one')
  }
  const second = await startWorkerApp(disk, { clock })
  expect(await second.lockScreens()).toEqual([{ type: 'locked', waitMs: 4_000 }])
  expect(codeOf(await second.unlock(PASSPHRASE))).toBe('too-soon')
  await clock.pass(4_000)
  must(await second.unlock(PASSPHRASE))
  await unlocked(second)
  const third = await startWorkerApp(disk, { clock })
  expect(codeOf(await third.unlock('not this one'))).toBe('wrong-passphrase')
  expect(await third.lockScreens()).toEqual([{ type: 'locked', waitMs: 0 }])
})

test('many guesses at once are answered one after another', async () => {
  const { app, disk } = await lockedDevice()
  await app.stop()
  const again = await startWorkerApp(disk)
  const guesses = await Promise.all(Array.from({ length: 6 }, () => again.unlock('not this one')))
  expect(guesses.map(codeOf)).toEqual([...Array(3).fill('wrong-passphrase'), ...Array(3).fill('too-soon')])
  await again.stop()
})

test('another passphrase opens the same; the old one opens nothing any more', async () => {
  const { app, disk } = await lockedDevice()
  const change = { type: 'change-passphrase', passphrase: PASSPHRASE, next: 'quite another one' } as const
  expect(codeOf(await app.ask({ ...change, passphrase: 'wrong passphrase' }))).toBe('wrong-passphrase')
  expect(codeOf(await app.ask({ ...change, next: 'short' }))).toBe('passphrase-short')
  must(await app.ask(change))
  must(await app.ask({ type: 'set-lock-idle', minutes: 60 }))
  await app.stop()
  const again = await startWorkerApp(disk)
  expect(codeOf(await again.unlock(PASSPHRASE))).toBe('wrong-passphrase')
  must(await again.unlock('quite another one'))
  await unlocked(again)
  expect(await lockOf(again)).toMatchObject({ idleMinutes: 60 })
  expect((await shownTitles(again)).sort()).toEqual([...WORDS].sort())
  await again.stop()
})

test('the vault opens again after the device was locked', async () => {
  const disk = newDisk()
  const app = await startWorkerApp(disk)
  const fields = { title: 'The bank', value: 'pin 4711' }
  const saved = await app.ask({ type: 'vault-save', kind: 'password', fields }, undefined, ENTRY)
  const { entry } = must(saved)
  must(await app.ask(ON))
  await vi.waitFor(() => expect(app.livesOver).toHaveLength(2))
  await unlocked(app)
  expect(await app.store.vaultKey()).not.toHaveProperty('wrapping')
  await app.stop()
  expect(await readDatabases()).not.toMatch(/The bank|4711/)
  const again = await start(disk)
  expect(must(await again.ask({ type: 'vault-reveal', entry, field: 'value' }))).toMatchObject({
    text: 'pin 4711',
  })
  await again.stop()
})

test('after minutes in which nobody touched a tab the device is locked; a touch in any tab begins them anew', async () => {
  const { app, disk } = await lockedDevice()
  await app.stop()
  const clock = createManualClock()
  const again = await startWorkerApp(disk, { clock })
  must(await again.unlock(PASSPHRASE))
  await unlocked(again)
  await clock.pass(4 * 60_000)
  must(await again.ask({ type: 'active' }))
  await clock.pass(4 * 60_000)
  expect(again.told).toEqual([])
  await clock.pass(61_000)
  expect(again.told).toEqual(['locking'])
  await clock.pass(1)
  await again.ended
})

test('a device that slept is locked before whoever comes back is let in', async () => {
  const { app, disk } = await lockedDevice()
  await app.stop()
  const clock = createManualClock()
  const sleeping = { ...clock, now: () => clock.now() + slept }
  let slept = 0
  const again = await startWorkerApp(disk, { clock: sleeping })
  must(await again.unlock(PASSPHRASE))
  await unlocked(again)
  slept = 3_600_000
  must(await again.ask({ type: 'active' }))
  expect(again.told).toEqual(['locking'])
  await clock.pass(1)
  await again.ended
})

test('tabs are told how far sealing has come', async () => {
  const app = await startWorkerApp(newDisk())
  for (const word of WORDS) must(await app.ask({ type: 'create-note', text: word }))
  const shown: LockScreen[][] = []
  must(await app.ask(ON))
  await vi.waitFor(async () => {
    shown.push(await app.lockScreens())
    expect(app.livesOver).toHaveLength(2)
  })
  const seen = shown.flat()
  for (const screen of seen) expect(screen).toMatchObject({ type: 'converting', to: 'sealed' })
  await app.stop()
})

test('where a browser took the keys away, what is sealed is left alone, and a new device begins', async () => {
  const { app, disk } = await lockedDevice()
  await app.stop()
  await new Promise<void>((resolve, reject) => {
    const deleting = disk.deleteDatabase('holdfast-device')
    deleting.onsuccess = () => resolve()
    deleting.onerror = () => reject(deleting.error)
  })
  const before = (await disk.databases()).length
  const again = await startWorkerApp(disk)
  expect(await shownTitles(again)).toEqual([])
  must(await again.ask({ type: 'create-note', text: 'A new beginning' }))
  expect(await shownTitles(again)).toEqual(['A new beginning'])
  expect((await disk.databases()).length).toBeGreaterThan(before)
  await again.stop()
})

test('keys of an earlier build cannot be locked: that is said, and nothing changes', async () => {
  const disk = newDisk()
  const { generateDeviceKeys } = await import('../../../worker/keys/device-keys.ts')
  const old = await generateDeviceKeys()
  const app = await startWorkerApp(disk, { store: store => ({ ...store, keys: async () => old }) })
  expect(codeOf(await app.ask(ON))).toBe('lock-old-keys')
  expect(await app.store.lock()).toBeUndefined()
  await app.stop()
})

test('wherever sealing or opening is interrupted, all is there at the next start, and it is finished in the end', async () => {
  const step = fc.record({
    /** Which of the writes in a row are refused, as on a full disk, or as if the device had been switched off there. */
    refuse: fc.array(fc.boolean(), { maxLength: 12 }),
    turn: fc.constantFrom('on', 'off', 'neither'),
    /** The worker ends in the middle of it. */
    isCutShort: fc.boolean(),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 4 }), async steps => {
      const disk = newDisk()
      const first = await startWorkerApp(disk)
      for (const word of WORDS) must(await first.ask({ type: 'create-note', text: `${word}\nsecret text` }))
      await first.stop()
      for (const { refuse, turn, isCutShort } of steps) {
        const app = await startWorkerApp(disk)
        const { put } = IDBObjectStore.prototype
        const left = [...refuse]
        const spy = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (
          this: IDBObjectStore,
          ...args
        ) {
          // Only what converts a document: the rest of the app has tests of its own for a full disk.
          const { db, mode } = this.transaction
          const converts =
            db.name === 'holdfast-copies' || (db.name.startsWith('holdfast ') && this.name === 'updates')
          // What is made anew has the room of what was deleted.
          if (converts && mode === 'readwrite' && left.shift())
            throw new DOMException('full', 'QuotaExceededError')
          return put.apply(this, args as never)
        })
        vi.spyOn(console, 'error').mockImplementation(() => {})
        if (await app.store.lock()) must(await app.unlock(PASSPHRASE))
        await unlocked(app)
        const lives = app.livesOver.length
        const intent = turn === 'on' ? ON : ({ type: 'turn-off-lock', passphrase: PASSPHRASE } as const)
        const turned = turn !== 'neither' && (await app.ask(intent)).ok
        if (!isCutShort) {
          if (turned) await vi.waitFor(() => expect(app.livesOver).toHaveLength(lives + 2))
          await unlocked(app)
          expect((await shownTitles(app)).sort()).toEqual([...WORDS].sort())
        }
        await app.stop()
        spy.mockRestore()
      }
      const last = await startWorkerApp(disk)
      const lock = await last.store.lock()
      if (lock) must(await last.unlock(PASSPHRASE))
      await unlocked(last)
      expect((await shownTitles(last)).sort()).toEqual([...WORDS].sort())
      const value = await lockOf(last)
      expect(value.unconverted).toBe(0)
      await last.stop()
      const disked = await readDatabases()
      if (value.on) expect(disked).not.toMatch(readable)
      else expect(disked).toMatch(readable)
    }),
    { numRuns: 10 },
  )
}, 120_000)
