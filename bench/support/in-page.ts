import type { Page } from '@playwright/test'

declare global {
  interface Window {
    /** The first element that matches in the page and in every shadow root below it. */
    findDeep: (selector: string) => Element | null
    /** Milliseconds from the start of the page until the list showed a note. */
    listReady: number | undefined
    /** Milliseconds between each key and its echo. */
    echoes: number[] | undefined
  }
}

/** Teaches every page of the device to find what is in shadow roots, and to note when the list is there. */
export const prepare = (): void => {
  const within = (root: Document | ShadowRoot, selector: string): Element | null => {
    const found = root.querySelector(selector)
    if (found) return found
    for (const element of root.querySelectorAll('*')) {
      const deeper = element.shadowRoot && within(element.shadowRoot, selector)
      if (deeper) return deeper
    }
    return null
  }
  window.findDeep = selector => within(document, selector)
  const look = (): void => {
    if (window.findDeep('a[data-note]')) window.listReady = performance.now()
    else requestAnimationFrame(look)
  }
  requestAnimationFrame(look)
}

/** A page that never has a list is not looked at: looking for one would go on for ever, at every frame. */
export const preparedFor = (hasNotes: boolean): { readonly prepare?: () => void } =>
  hasNotes ? { prepare } : {}

/** Clicks on the row with this number and waits for its text: milliseconds. */
export const openRow = (page: Page, index: number): Promise<number> =>
  page.evaluate(async row => {
    const list = window.findDeep('hf-notes-list')
    const link = list?.shadowRoot?.querySelectorAll<HTMLElement>('a[data-note]')[row]
    const title = link?.querySelector('.title')?.textContent?.trim()
    if (!link || !title) throw new Error('There is no such row.')
    const began = performance.now()
    link.click()
    while (!window.findDeep('.cm-content')?.textContent?.includes(title))
      await new Promise(resolve => requestAnimationFrame(resolve))
    return performance.now() - began
  }, index)

/** From now on, notes how long the open note takes to show a key that was pressed. */
export const watchEchoes = (page: Page): Promise<void> =>
  page.evaluate(() => {
    const echoes: number[] = []
    window.echoes = echoes
    const content = window.findDeep('.cm-content')
    if (!content) throw new Error('No note is open.')
    const waiting: number[] = []
    const press = (event: KeyboardEvent): void => {
      if (event.key.length === 1 && !event.ctrlKey) waiting.push(event.timeStamp)
    }
    document.addEventListener('keydown', press, { capture: true })
    new MutationObserver(() => {
      const pressed = waiting.shift()
      if (pressed !== undefined) echoes.push(performance.now() - pressed)
    }).observe(content, { characterData: true, childList: true, subtree: true })
  })
