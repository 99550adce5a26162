import { clip, hashText } from './note-content.ts'
import type { Summary } from './note-fields.ts'

export const MAX_TITLE_LENGTH = 120
export const MAX_EXCERPT_LENGTH = 160

// Enough for title and excerpt; a summary must not cost more for a long note than for a short one.
const HEAD_LENGTH = 4096
const MAX_LINE_LENGTH = 500

const LEADING_MARK = /^(?:#{1,6}(?:\s+|$)|>\s*|[-*+](?:\s+|$)|\d{1,9}[.)](?:\s+|$)|\[[ xX]\](?:\s+|$))/
const RULE_OR_FENCE = /^(?:(?:[-*_=]\s*){3,}|(?:`{3,}|~{3,}).*)$/

/** A line as a person reads it: without the marks of Markdown. */
export const withoutMarks = (line: string): string => {
  let rest = clip(line.trim(), MAX_LINE_LENGTH)
  while (rest !== '' && !RULE_OR_FENCE.test(rest)) {
    const mark = LEADING_MARK.exec(rest)
    if (!mark) break
    rest = rest.slice(mark[0].length)
  }
  if (RULE_OR_FENCE.test(rest)) return ''
  return rest
    .replace(/!?\[\[(?:[^[\]|]*\|)?([^[\]|]*)\]\]/g, '$1')
    .replace(/!?\[([^[\]]*)\]\([^()]*\)/g, '$1')
    .replace(/<((?:https?|mailto):[^<>\s]*)>/g, '$1')
    .replace(/(\*\*|__|~~)(?=\S)(.+?)(?<=\S)\1/g, '$2')
    .replace(/\*(?=\S)([^*]+?)(?<=\S)\*/g, '$1')
    .replace(/(?<![\p{L}\p{N}_])_(?=\S)([^_]+?)(?<=\S)_(?![\p{L}\p{N}_])/gu, '$1')
    .replace(/(`+)([^`]+)\1/g, '$2')
    .replace(/\\([!-/:-@[-`{-~])/g, '$1')
    .replace(/\s+/g, ' ')
    .trim()
}

/** Title and excerpt of a note, from its first few thousand characters. */
export const summarise = (text: string): { readonly title: string; readonly excerpt: string } => {
  const start = text.search(/\S/)
  if (start < 0) return { title: '', excerpt: '' }
  const lines = clip(text.slice(start, start + HEAD_LENGTH + 1), HEAD_LENGTH).split('\n')
  let title = ''
  let excerpt = ''
  for (const line of lines) {
    const words = withoutMarks(line)
    if (words === '') continue
    if (title === '') title = clip(words, MAX_TITLE_LENGTH).trimEnd()
    else excerpt = excerpt === '' ? words : `${excerpt} ${words}`
    if (excerpt.length >= MAX_EXCERPT_LENGTH) break
  }
  return { title, excerpt: clip(excerpt, MAX_EXCERPT_LENGTH).trimEnd() }
}

/** The line of the list for a text that was changed last then, in milliseconds since 1970. */
export const summaryOf = async (text: string, updated: number): Promise<Summary> => ({
  ...summarise(text),
  updated,
  hash: await hashText(text),
})
