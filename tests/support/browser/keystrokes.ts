/** What of a text was typed by the device that uses only these letters, in the order in which it stands there. */
export const only = (text: string, letters: RegExp): string =>
  [...text].filter(letter => letters.test(letter)).join('')

/** Keys that are all different for a while, so that a lost, doubled or moved one shows. */
export const keysOf = (alphabet: string, count: number): string =>
  Array.from({ length: count }, (_, index) => alphabet[index % alphabet.length]).join('')
