import { textOf as find } from '../../../worker/notes/y-text.ts'

export * from '../../../worker/notes/y-text.ts'

/** Puts a first word into each text that has none. */
export const textOf: typeof find = doc => {
  const text = find(doc)
  if (text.length === 0) text.insert(0, '<word:first> ')
  return text
}
