import { expectTypedOnce, keysOf, LARGE, SMALL } from '../support/browser/keystrokes.ts'
import {
  expectNote,
  notes,
  noteText,
  openApp,
  openNote,
  status,
  twoTabs,
  type,
  writeNote,
} from '../support/browser/notes-page.ts'
import { expect, story } from '../support/browser/story.ts'
import { workers } from '../support/browser/workers.ts'

story(
  'two tabs type into one text; both show the same, over one worker and one connection',
  async ({ app, device }) => {
    const laptop = await device()
    const [first, second] = await twoTabs(laptop, app, '1\n')

    const small = keysOf(SMALL, 60)
    const large = keysOf(LARGE, 60)
    await Promise.all([type(first, small, 5), type(second, large, 5)])

    await expectTypedOnce([first, second], '1\n', small, large)

    expect(await workers(laptop.browser)).toHaveLength(1)
    expect(app.proxy.webSockets()).toBe(1)

    const third = await openApp(laptop, app)
    await openNote(third, '1')
    await expectNote(third, await noteText(first))
    expect(await workers(laptop.browser)).toHaveLength(1)
    expect(app.proxy.webSockets()).toBe(1)
    await expect(notes(third)).toHaveCount(1)
  },
)

/** Presses a key as soon as the list is there, before it is even painted. */
const pressAtFirstRow = (key: string): void => {
  const look = (): void => {
    const sidebar = document.querySelector('hf-app')?.shadowRoot?.querySelector('hf-sidebar')
    const list = sidebar?.shadowRoot?.querySelector('hf-notes-list')
    if (list?.shadowRoot?.querySelector('a')) dispatchEvent(new KeyboardEvent('keydown', { key }))
    else requestAnimationFrame(look)
  }
  requestAnimationFrame(look)
}

for (const { key, name } of [
  { key: '/', name: 'Filter notes' },
  { key: 'n', name: 'Note text' },
])
  story(`${key} pressed in a second tab at its first picture is not lost`, async ({ app, device }) => {
    const laptop = await device()
    await writeNote(await openApp(laptop, app), 'Bread')
    const second = await laptop.context.newPage()
    await second.addInitScript(pressAtFirstRow, key)
    await second.goto(app.url)
    await expect(second.getByRole('textbox', { name })).toBeFocused()
    await expect(status(second)).toBeVisible()
    await expect(second.getByRole('button', { name: 'Vault' })).toBeVisible()
  })
