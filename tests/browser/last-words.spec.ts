import type { Page } from '@playwright/test'
import {
  expectNote,
  expectStored,
  newNote,
  notes,
  openApp,
  openNote,
  pair,
  type,
  writeNote,
} from '../support/browser/notes-page.ts'
import { expect, story } from '../support/browser/story.ts'

const TIMES = 6

/** What tabs have left to be done by those that are opened later. */
const leftBehind = (page: Page): Promise<string[]> =>
  page.evaluate(() => Object.keys(localStorage).filter(key => key.startsWith('holdfast-left')))

story(
  'what was typed right before the last tab was closed is there once when one is opened again, and on the other device',
  async ({ app, device }) => {
    const laptop = await device()
    const [first, there] = await pair(app, laptop, await device(), 'Begun')
    let [here, text] = [first, 'Begun']
    for (let time = 1; time <= TIMES; time++) {
      await type(here, `\nand closed ${time}`)
      await here.close()
      text += `\nand closed ${time}`

      here = await openApp(laptop, app)
      await openNote(here, 'Begun')
      await expectNote(here, text)
      await expectNote(there, text)
      await expect.poll(() => leftBehind(here), 'nothing stays behind').toEqual([])
    }
  },
)

story('two tabs that are closed at once while both type leave nothing behind', async ({ app, device }) => {
  const laptop = await device()
  const first = await openApp(laptop, app)
  await writeNote(first, 'Log')
  const second = await openApp(laptop, app)
  await writeNote(second, 'Shopping')
  await Promise.all([type(first, ' of the day'), type(second, ' for the week')])
  await Promise.all([first.close(), second.close()])

  const again = await openApp(laptop, app)
  await openNote(again, 'Log')
  await expectNote(again, 'Log of the day')
  await openNote(again, 'Shopping')
  await expectNote(again, 'Shopping for the week')
  await expect.poll(() => leftBehind(again)).toEqual([])
})

story(
  'a note that was made and typed in right before the last tab was closed is there',
  async ({ app, device }) => {
    const laptop = await device()
    let page = await openApp(laptop, app)
    for (const text of ['First', 'Second', 'Third']) {
      await newNote(page)
      await type(page, text)
      await page.close()
      page = await openApp(laptop, app)
      await expect(notes(page).filter({ hasText: text })).toHaveCount(1)
      await openNote(page, text)
      await expectNote(page, text)
    }
    await expect(notes(page)).toHaveCount(3)
    await expect.poll(() => leftBehind(page)).toEqual([])
  },
)

/** Leaves words behind as a tab does whose worker died with it: typed at the end of `base`, letter by letter. */
const leave = (page: Page, note: string, base: string, words: string): Promise<void> =>
  page.evaluate(
    ([id, before, letters]) => {
      const edits = [...letters].map((letter, index) => {
        const length = before.length + index
        return { changes: length > 0 ? [length, [0, letter]] : [[0, letter]], own: true, count: index + 1 }
      })
      const left = [{ note: id, edits: { editor: 'another-tab', base: before, edits } }]
      localStorage.setItem('holdfast-left a-page-that-is-gone', JSON.stringify(left))
    },
    [note, base, words] as const,
  )
const noteInAddress = (page: Page): string => page.url().split('#note=')[1] ?? ''

story(
  'words that were left behind are taken up once, however often they are left',
  async ({ app, device }) => {
    const laptop = await device()
    const first = await openApp(laptop, app)
    await writeNote(first, 'Base')
    const note = noteInAddress(first)
    await leave(first, note, 'Base', ' words')
    await first.close()
    const second = await openApp(laptop, app)
    await openNote(second, 'Base')
    await expectNote(second, 'Base words')
    await expect.poll(() => leftBehind(second)).toEqual([])

    await type(second, '')
    for (const _ of ' words') await second.keyboard.press('Backspace')
    await expectNote(second, 'Base')
    await expectStored(second)
    await leave(second, note, 'Base', ' words')
    await second.close()
    const third = await openApp(laptop, app)
    await expect.poll(() => leftBehind(third)).toEqual([])
    await openNote(third, 'Base')
    await expectNote(third, 'Base')
  },
)

story('a tab that stays takes up what a closed one left', async ({ app, device }) => {
  const laptop = await device()
  const [here, there] = [await openApp(laptop, app), await openApp(laptop, app)]
  await writeNote(here, 'Base')
  await leave(there, noteInAddress(here), 'Base', ' words')
  await expectNote(here, 'Base words')
  await expect.poll(() => leftBehind(here)).toEqual([])
})

story(
  'words in a note that never reached the disk make it again; those of a deleted one go',
  async ({ app, device }) => {
    const laptop = await device()
    const page = await openApp(laptop, app)
    await leave(page, 'AAAAAAAAAAAAAAAAAAAAAg', '', 'Only words')
    await page.reload()
    await openNote(page, 'Only words')
    await expectNote(page, 'Only words')
    await expect.poll(() => leftBehind(page)).toEqual([])

    await page.getByRole('button', { name: 'Delete note' }).click()
    await page.getByRole('button', { name: 'Trash', exact: true }).click()
    await page.getByRole('button', { name: 'Empty trash' }).click()
    await page.getByRole('button', { name: 'Delete all for good' }).click()
    await expect(page.getByText('The trash is empty.')).toBeVisible()
    await leave(page, 'AAAAAAAAAAAAAAAAAAAAAg', 'Only words', '!')
    await page.reload()
    await expect.poll(() => leftBehind(page)).toEqual([])
    await expect(notes(page)).toHaveCount(0)
  },
)
