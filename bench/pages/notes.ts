import type { Key, PlainTab } from './plain-browser.ts'

/** What a person does in a tab, in each of the apps alike. */

/** Opens the note in this row of the list, from 0 on, or the one with this title. Waits until it can be written in. */
export const openNote = async (tab: PlainTab, wanted: number | string): Promise<void> => {
  await tab.until(() => window.findDeep?.('a[data-note]'))
  const title = await tab.run(which => {
    const list = window.findDeep('a[data-note]')?.closest('ul')
    const rows = [...(list?.querySelectorAll<HTMLElement>('a[data-note]') ?? [])]
    const row =
      typeof which === 'number' ? rows[which] : rows.find(({ textContent }) => textContent?.includes(which))
    if (!row) throw new Error(`The list has no ${which}.`)
    row.click()
    return row.querySelector('.title')!.textContent!.trim()
  }, wanted)
  await tab.until(shown => window.findDeep('.cm-content')?.textContent?.includes(shown), title)
}

const CONTROL = 2
const HOME: Key = { key: 'Home', code: 'Home', keyCode: 36, modifiers: CONTROL }
const DOWN: Key = { key: 'ArrowDown', code: 'ArrowDown', keyCode: 40 }
const END: Key = { key: 'End', code: 'End', keyCode: 35 }
const ENTER: Key = { key: 'Enter', code: 'Enter', keyCode: 13, text: '\r' }

/** Below what the list shows of a note, and on the screen without scrolling. */
const LINES_DOWN = 8

/** Puts the cursor on a new line of its own, near the beginning of the note. */
export const beginLine = async (tab: PlainTab): Promise<void> => {
  await tab.run(() => (window.findDeep('.cm-content') as HTMLElement).focus())
  await tab.press(HOME)
  for (let line = 0; line < LINES_DOWN; line++) await tab.press(DOWN)
  await tab.press(END)
  await tab.press(ENTER)
}

export const letter = (character: string): Key => ({
  key: character,
  code: `Key${character.toUpperCase()}`,
  text: character,
  keyCode: character.toUpperCase().charCodeAt(0),
})
