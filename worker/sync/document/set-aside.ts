import type { RelayMarks } from './relay-marks.ts'

/**
 * What could not be read of a log (SYNC-8). Until another device has answered, it is wanted; from then on it counts
 * only as long as content here waits for something.
 */
type Trouble = Pick<RelayMarks, 'setAside' | 'missing' | 'late'>

const isOpen = ({ answered }: RelayMarks['setAside'][number]): boolean => !answered

/** What was not known of members and their keys may be known by now. */
const OF_MEMBERS: ReadonlySet<string> = new Set(['envelope-member', 'envelope-keys'])

/** Whether something in the log may mean more once something new was said about the members. */
export const waitsForMembers = ({ setAside, late = 0 }: Trouble): boolean =>
  late > 0 || setAside.some(({ code }) => OF_MEMBERS.has(code))

/**
 * Whether all that an entry held is here, as far as anybody can tell: another device looked for it, and sent what it had
 * of it. Whoever knows the members and keys that are not known here finds nothing to send: the log has it.
 */
export const isMadeUpFor = ({ code, answered }: RelayMarks['setAside'][number]): boolean =>
  answered === true && !OF_MEMBERS.has(code)

/** Others have looked for what they could of it. */
export const asAnswered = (setAside: RelayMarks['setAside']): RelayMarks['setAside'] =>
  setAside.map(entry => ({ ...entry, answered: true as const }))

const isAnswered = (setAside: RelayMarks['setAside']): boolean => !setAside.some(isOpen)

/** How much of it a person should know of. */
export const troubleCount = ({ setAside, missing }: Trouble, isPending: boolean): number =>
  // A gap in a chain counts only while content waits for what is missing: what is not waited for was sent again.
  setAside.filter(entry => isPending || isOpen(entry)).length + (isPending ? missing : 0)

/** Content here waits for something, and it may lie in what could not be read, or was not there when it was read. */
export const mayLieInLog = ({ setAside, missing }: Trouble, isPending: boolean): boolean =>
  isPending && (setAside.length > 0 || missing > 0)

/** The name under which others are to be asked after a piece of the log was read; null where they need not be. */
export const wantAfter = (
  before: Trouble & Pick<RelayMarks, 'want'>,
  after: Trouble,
  how: {
    readonly wasPending: boolean
    readonly isPending: boolean
    readonly auditing: boolean
    readonly newName: () => string
  },
): string | null => {
  const lacks = (after.missing > 0 || (after.late ?? 0) > 0) && how.isPending
  const isWorse =
    after.setAside.length > before.setAside.length ||
    (lacks && !how.auditing && (after.missing > before.missing || !how.wasPending))
  if (isWorse) return before.want ?? how.newName()
  return isAnswered(after.setAside) && !lacks ? null : before.want
}

/** The whole log was read: what was set aside and is not in it any more is in a snapshot that was read; null if none. */
export const withoutGone = (
  { setAside, want }: Pick<RelayMarks, 'setAside' | 'want'>,
  bad: ReadonlySet<number>,
): Pick<RelayMarks, 'setAside' | 'want'> | null => {
  const left = setAside.filter(({ position }) => bad.has(position))
  if (left.length === setAside.length) return null
  return { setAside: left, want: isAnswered(left) ? null : want }
}
