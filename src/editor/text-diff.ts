import { ChangeSet, type Text } from '@codemirror/state'

const isLead = (code: number) => code >= 0xd800 && code < 0xdc00
const isTrail = (code: number) => code >= 0xdc00 && code < 0xe000

/** The one region in which two texts differ, never cutting a surrogate pair. */
const differingRegion = (before: string, after: string) => {
  const shorter = Math.min(before.length, after.length)
  let start = 0
  while (start < shorter && before.charCodeAt(start) === after.charCodeAt(start)) start++
  let end = 0
  while (
    end < shorter - start &&
    before.charCodeAt(before.length - 1 - end) === after.charCodeAt(after.length - 1 - end)
  )
    end++
  if (start > 0 && isLead(before.charCodeAt(start - 1))) start--
  if (end > 0 && isTrail(before.charCodeAt(before.length - end))) end--
  return { start, end }
}

/** The change from one text to the other, as one replacement. */
export const diffTexts = (before: Text, after: Text): ChangeSet => {
  if (before.eq(after)) return ChangeSet.empty(before.length)
  const [from, to] = [before.toString(), after.toString()]
  const { start, end } = differingRegion(from, to)
  return ChangeSet.of(
    { from: start, to: from.length - end, insert: after.slice(start, after.length - end) },
    before.length,
  )
}

/** How many UTF-16 units one would have to delete and insert to come from one text to the other. */
export const distance = (before: Text, after: Text): number => {
  if (before.eq(after)) return 0
  const { start, end } = differingRegion(before.toString(), after.toString())
  return before.length + after.length - 2 * (start + end)
}
