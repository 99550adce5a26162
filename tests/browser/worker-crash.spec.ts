import { expectTypedOnce, keysOf, LARGE, only, SMALL } from '../support/browser/keystrokes.ts'
import {
  expectStored,
  expectSynced,
  newNote,
  notes,
  noteText,
  openApp,
  twoTabs,
  type,
} from '../support/browser/notes-page.ts'
import { expect, story } from '../support/browser/story.ts'
import { crashSharedWorker, workers } from '../support/browser/workers.ts'

const KEYS = 156

story(
  'the worker crashes again and again while two tabs type, and every keystroke is there once',
  async ({ app, device }) => {
    const laptop = await device()
    const [first, second] = await twoTabs(laptop, app, '1\n')

    const [small, large] = [keysOf(SMALL, KEYS), keysOf(LARGE, KEYS)]
    const crashed: string[] = []
    const typing = Promise.all([type(first, small, 25), type(second, large, 25)])
    for (const typed of [15, 50, 85, 120]) {
      await expect.poll(async () => only(await noteText(first), /[a-z]/).length).toBeGreaterThan(typed)
      const [worker] = await workers(laptop.browser)
      crashed.push(worker!.targetId)
      await crashSharedWorker(laptop.browser)
      await expect
        .poll(async () => (await workers(laptop.browser)).map(({ targetId }) => targetId))
        .not.toContain(worker!.targetId)
    }
    await typing
    expect(new Set(crashed).size, 'each was another worker').toBe(4)

    await expectTypedOnce([first, second], '1\n', small, large)
    for (const tab of [first, second]) {
      await expectSynced(tab)
      await expect(notes(tab)).toHaveCount(1)
    }
    expect(await workers(laptop.browser)).toHaveLength(1)
  },
)

story('notes that are made while the worker crashes are made once', async ({ app, device }) => {
  const laptop = await device()
  const page = await openApp(laptop, app)
  const texts = ['First', 'Second', 'Third', 'Fourth']
  for (const text of texts) {
    await Promise.all([newNote(page), crashSharedWorker(laptop.browser)])
    await type(page, text)
    await expectStored(page)
  }
  await expect(notes(page)).toHaveCount(texts.length)
  // By their texts: a title in the list follows its text a little later, and a worker may crash in between.
  const found: string[] = []
  for (const link of await notes(page).getByRole('link').all()) {
    await link.click()
    await expect.poll(() => noteText(page)).not.toBe(found.at(-1) ?? '')
    found.push(await noteText(page))
  }
  expect(found.sort()).toEqual(texts.sort())
})
