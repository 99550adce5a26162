import { ChangeSet, Text } from '@codemirror/state'

/** Pure steps between strings and CodeMirror's ChangeSets. All positions count UTF-16 units. */

/** A replacement in the text before. */
export interface Replacement {
  readonly from: number
  readonly to: number
  readonly insert: string
}

const isHigh = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff
const isLow = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff

/** Whether `at` lies between the halves of one character. */
export const cutsPair = (text: string, at: number): boolean =>
  at > 0 && at < text.length && isHigh(text.charCodeAt(at - 1)) && isLow(text.charCodeAt(at))

// Not by ChangeSet's own splitting of strings: that would turn a `\r`, which others may have written, into `\n`.
const asLines = (text: string): Text => Text.of(text.split('\n'))

export const changeSetOf = (replacements: readonly Replacement[], length: number): ChangeSet =>
  ChangeSet.of(
    replacements.map(({ from, to, insert }) => ({ from, to, insert: asLines(insert) })),
    length,
  )

export const replacementsOf = (changes: ChangeSet): Replacement[] => {
  const found: Replacement[] = []
  changes.iterChanges((from, to, _fromB, _toB, inserted) => {
    found.push({ from, to, insert: inserted.toString() })
  })
  return found
}

export const applyReplacements = (text: string, replacements: readonly Replacement[]): string => {
  let result = ''
  let at = 0
  for (const { from, to, insert } of replacements) {
    result += text.slice(at, from) + insert
    at = to
  }
  return result + text.slice(at)
}

const isPart = (part: unknown): boolean => {
  if (!Array.isArray(part)) return isCount(part)
  const [deleted, ...lines] = part as unknown[]
  return isCount(deleted) && lines.every(line => typeof line === 'string' && !line.includes('\n'))
}
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0

/** Reads changes made on a text of this length; null where they are no such thing. */
export const parseChanges = (json: unknown, length: number): ChangeSet | null => {
  if (!Array.isArray(json) || !json.every(isPart)) return null
  const changes = ChangeSet.fromJSON(json)
  return changes.length === length ? changes : null
}

/** The ranges of the text after it that were inserted. */
export const insertedBy = (changes: ChangeSet): { readonly from: number; readonly to: number }[] => {
  const found: { from: number; to: number }[] = []
  changes.iterChanges((_from, _to, from, to) => found.push({ from, to }))
  return found
}

/**
 * Whether what is replaced in this text could leave something to be corrected. It hardly ever does, and the text after
 * it, which is only put together once somebody reads in it, need not be looked at.
 */
export const mayNeedRepair = (text: string, replacements: readonly Replacement[]): boolean =>
  replacements.some(
    ({ from, to, insert }) =>
      /[\r\ud800-\udfff]/.test(insert) || isHigh(text.charCodeAt(from - 1)) || isLow(text.charCodeAt(to)),
  )

/** What must be corrected in text that was just inserted at these ranges: halves of characters, and `\r`. */
export const repairs = (
  text: string,
  ranges: Iterable<{ readonly from: number; readonly to: number }>,
): Replacement[] => {
  const found: Replacement[] = []
  let done = 0
  for (const { from, to } of ranges) {
    const start = Math.max(done, isHigh(text.charCodeAt(from - 1)) ? from - 1 : from)
    const end = isLow(text.charCodeAt(to)) ? to + 1 : to
    for (let at = start; at < end; at++) {
      const unit = text.charCodeAt(at)
      if (isHigh(unit) && isLow(text.charCodeAt(at + 1))) at++
      else if (isHigh(unit) || isLow(unit)) found.push({ from: at, to: at + 1, insert: '\uFFFD' })
      else if (unit === 13 && at >= from && at < to)
        found.push({ from: at, to: at + 1, insert: text.charCodeAt(at + 1) === 10 ? '' : '\n' })
    }
    done = end
  }
  return found
}

/** One step of what Yjs reports of a Y.Text. */
interface DeltaStep {
  readonly retain?: number | undefined
  readonly delete?: number | undefined
  readonly insert?: unknown
}

/** Stands for everything in a Y.Text that is not text. It counts as one unit, as in Yjs. */
export const PLACEHOLDER = '\uFFFC'

/**
 * Whether what Yjs tells of changes may not be all that happens to this text: it replaces both halves of a character
 * that something gets between, and does not tell of all that is no text.
 */
export const mayTurnUnforeseen = (text: string): boolean => /[\ud800-\udfff\ufffc]/.test(text)

/** Null where the steps do not fit a text of this length. */
export const replacementsOfDelta = (delta: readonly DeltaStep[], length: number): Replacement[] | null => {
  const found: Replacement[] = []
  let at = 0
  for (const step of delta) {
    if (step.retain !== undefined) at += step.retain
    else if (step.delete !== undefined) {
      found.push({ from: at, to: at + step.delete, insert: '' })
      at += step.delete
    } else {
      const insert = typeof step.insert === 'string' ? step.insert : PLACEHOLDER
      found.push({ from: at, to: at, insert })
    }
  }
  return at <= length ? found : null
}
