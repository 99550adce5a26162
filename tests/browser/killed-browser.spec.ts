import type { Page } from '@playwright/test'
import type { Device } from '../support/browser/device.ts'
import {
  expectStored,
  look,
  notes,
  noteText,
  openApp,
  openNote,
  type,
  writeNote,
} from '../support/browser/notes-page.ts'
import { expect, story } from '../support/browser/story.ts'
import { seededDice } from '../support/seeded.ts'

const ROUNDS = { withSharedWorker: 20, without: 3 }
const SEED = 20261121
/** Keys between two rests: while keys follow each other without one, the status says that they are being stored. */
const KEYS_TO_REST = 20

interface Seen {
  /** Everything that the keyboard sent, whether or not it arrived. */
  typed: string
  /** The longest text that stood there while the status said that all is stored. */
  shownStored: string
}

/** Types words until the browser is gone, which happens after the given number of keys, whatever it is doing then. */
const typeUntilKilled = async (device: Device, page: Page, seen: Seen, words: string, killAfter: number) => {
  let killed: Promise<void> | undefined
  const believe = async () => {
    const { text, status } = await look(page)
    const stored = status.includes('Stored on this device')
    if (stored && text.length > seen.shownStored.length) seen.shownStored = text
  }
  try {
    await type(page, '')
    for (const [index, key] of [...words].entries()) {
      if (index === killAfter) killed = device.kill()
      seen.typed += key
      await page.keyboard.type(key)
      if (index % KEYS_TO_REST === 5) await expectStored(page)
      if (index % 3 !== 1) await believe()
    }
  } catch (error) {
    if (!killed) throw error // a browser that was killed answers nothing more, and no other may fall silent
  }
  await (killed ?? device.kill())
}

story(
  'a browser killed while typing keeps every keystroke that it showed as stored, and doubles none',
  async ({ app, device, folder, sharedWorker }) => {
    story.setTimeout(240_000)
    const rounds = sharedWorker ? ROUNDS.withSharedWorker : ROUNDS.without
    const dice = seededDice(SEED)
    const first = await device({ profileDir: folder })
    const page = await openApp(first, app)
    await writeNote(page, 'Log ')
    await first.close()

    let text = 'Log '
    let seen: Seen = { typed: '', shownStored: text }
    let promises = 0
    for (let round = 0; round <= rounds; round++) {
      const laptop = await device({ profileDir: folder })
      const opened = await openApp(laptop, app)
      await expect(notes(opened)).toHaveCount(1)
      await openNote(opened, '') // the title in the list follows the text a little later
      await expect.poll(() => noteText(opened)).toContain('Log ')
      const kept = await noteText(opened)
      expect(
        kept.startsWith(seen.shownStored),
        `lost in round ${round}: ${kept} after ${seen.shownStored}`,
      ).toBe(true)
      expect(`${text}${seen.typed}`.startsWith(kept), `not as typed in round ${round}: ${kept}`).toBe(true)
      if (seen.shownStored.length > text.length) promises += 1
      if (round === rounds) break

      text = kept
      seen = { typed: '', shownStored: text }
      const words = Array.from({ length: 30 }, (_, word) => `r${round}w${word} `).join('')
      await typeUntilKilled(laptop, opened, seen, words, 8 + dice.below(60))
    }
    expect(promises, 'the status promised something in most rounds').toBeGreaterThan(rounds / 2)
  },
)

story(
  'a title follows its text also where the browser was killed before it was written',
  async ({ app, device, folder }) => {
    const first = await device({ profileDir: folder })
    const page = await openApp(first, app)
    await writeNote(page, 'Kelp')
    await first.kill()
    const again = await openApp(await device({ profileDir: folder }), app)
    await expect(notes(again)).toHaveText([/Kelp/])
  },
)
