import type { Note } from '../support/archive.ts'
import { launchPlainBrowser } from './plain-browser.ts'

declare global {
  interface Window {
    /** Of the pages of the bench: stores these notes. */
    seed: (notes: readonly Note[]) => Promise<void>
  }
}

/** What one call brings into a page. */
const NOTES_AT_ONCE = 500

/** Opens the page, lets it store these notes, and closes it once all of it works without a network. */
export const fillProfile = async (profile: string, url: string, notes: readonly Note[]): Promise<void> => {
  const browser = await launchPlainBrowser(profile)
  try {
    const tab = await browser.open(url)
    await tab.until(() => navigator.serviceWorker?.ready.then(() => true))
    await tab.until(() => 'seed' in window)
    for (let from = 0; from < notes.length; from += NOTES_AT_ONCE)
      await tab.run(some => window.seed(some), notes.slice(from, from + NOTES_AT_ONCE))
  } finally {
    await browser.close()
  }
}
