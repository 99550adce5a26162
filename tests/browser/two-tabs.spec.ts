import { keysOf, only } from '../support/browser/keystrokes.ts'
import {
  newNote,
  notes,
  noteText,
  openApp,
  openNote,
  turnOnSync,
  type,
} from '../support/browser/notes-page.ts'
import { expect, story } from '../support/browser/story.ts'
import { workers } from '../support/browser/workers.ts'

story(
  'two tabs type into one text; both show the same, over one worker and one connection',
  async ({ app, device }) => {
    const laptop = await device()
    const first = await openApp(laptop, app)
    await newNote(first)
    await type(first, '1\n')
    await turnOnSync(first)
    const second = await openApp(laptop, app)
    await openNote(second, '1')

    const small = keysOf('abcdefghijklmnopqrstuvwxyz', 60)
    const large = keysOf('ABCDEFGHIJKLMNOPQRSTUVWXYZ', 60)
    await Promise.all([type(first, small, 5), type(second, large, 5)])

    await expect.poll(async () => only(await noteText(first), /[A-Z]/)).toBe(large)
    await expect.poll(async () => only(await noteText(second), /[a-z]/)).toBe(small)
    const text = await noteText(first)
    expect(await noteText(second)).toBe(text)
    expect(text).toHaveLength('1\n'.length + small.length + large.length)

    expect(await workers(laptop.browser)).toHaveLength(1)
    expect(app.proxy.webSockets()).toBe(1)

    const third = await openApp(laptop, app)
    const asked = Date.now()
    await openNote(third, '1')
    await expect.poll(() => noteText(third)).toBe(text)
    expect(Date.now() - asked, 'a third tab shows the note at once').toBeLessThan(2000)
    expect(await workers(laptop.browser)).toHaveLength(1)
    expect(app.proxy.webSockets()).toBe(1)
    await expect(notes(third)).toHaveCount(1)
  },
)
