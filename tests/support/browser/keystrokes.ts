import { expect, type Page } from '@playwright/test'
import { noteText } from './notes-page.ts'

export const SMALL = 'abcdefghijklmnopqrstuvwxyz'
export const LARGE = SMALL.toUpperCase()

/** What of a text was typed by the device that uses only these letters, in the order in which it stands there. */
export const only = (text: string, letters: RegExp): string =>
  [...text].filter(letter => letters.test(letter)).join('')

/** Keys that are all different for a while, so that a lost, doubled or moved one shows. */
export const keysOf = (alphabet: string, count: number): string =>
  Array.from({ length: count }, (_, index) => alphabet[index % alphabet.length]).join('')

/** Both tabs show what both typed behind the beginning, every key once, and the same. */
export const expectTypedOnce = async (
  pages: readonly [Page, Page],
  begun: string,
  small: string,
  large: string,
): Promise<void> => {
  const [first, second] = pages
  await expect.poll(async () => only(await noteText(first), /[A-Z]/)).toBe(large)
  await expect.poll(async () => only(await noteText(second), /[a-z]/)).toBe(small)
  const text = await noteText(first)
  expect(await noteText(second)).toBe(text)
  expect(text).toHaveLength(begun.length + small.length + large.length)
}
