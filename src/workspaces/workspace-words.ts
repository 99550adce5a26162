import type { SyncValue } from '../../protocol/sync.ts'
import type { WorkspaceRow } from '../../protocol/views.ts'

/** One line below a workspace's name. */
export const whatItIs = ({ kind, sync }: WorkspaceRow): string => {
  const who = kind === 'shared' ? 'Shared' : 'Only you'
  return sync ? `${who} · synced` : `${who} · on this device`
}

const plural = (count: number, one: string, many: string): string => (count === 1 ? one : `${count} ${many}`)

interface Leaving {
  readonly row: WorkspaceRow
  readonly keepCopy: boolean
  /** Where the copy goes. */
  readonly copyIn: string
  readonly sync: Pick<SyncValue, 'waiting'> | undefined
}

/** What stays where when this device leaves a workspace, place by place. */
export const leavingWords = ({
  row,
  keepCopy,
  copyIn,
  sync,
}: Leaving): readonly (readonly [string, string])[] => {
  const here = keepCopy
    ? `The workspace and its keys go. A copy of its notes stays in “${copyIn}”, in the folder “${row.name}”. Its vault is copied into the vault there. The trash is not copied.`
    : 'Everything goes: the notes, the trash, the vault and the keys.'
  if (row.onlyHere)
    return [
      ['On this device', here],
      ['Anywhere else', 'It is nowhere else. Nobody can bring it back.'],
    ]
  const alone = (row.devices ?? 1) <= 1
  const waiting = sync?.waiting ?? 0
  return [
    ['On this device', here],
    [
      'On other devices',
      alone
        ? 'No other device is in this workspace. After this nobody can read it any more.'
        : 'Everything stays. The others keep the notes, yours too.',
    ],
    ['At the relay', 'What is there stays there, sealed. The relay cannot read it.'],
    ...(waiting > 0
      ? [
          [
            'Not sent yet',
            `${plural(waiting, 'One note has', 'notes have')} changes that no relay has. They go with the rest.`,
          ] as const,
        ]
      : []),
    ['Coming back', 'You need a new invitation, or the recovery key.'],
  ]
}

/** What happens to notes that are brought to another workspace. */
export const transferWords = (count: number, keep: boolean): string => {
  if (keep) return 'A copy has the text as it is now. From then on the two are separate.'
  const who = count === 1 ? 'The note leaves' : 'The notes leave'
  return `${who} this workspace, on all its devices. What was written before does not come along, only the text as it is now.`
}

interface Transferred {
  /** Where they went. */
  readonly row: Pick<WorkspaceRow, 'name' | 'sync'>
  readonly count: number
  readonly keep: boolean
}

export const transferredWords = ({ row: { name, sync }, count, keep }: Transferred): string => {
  const did = keep ? 'Copied' : 'Moved'
  const done = count === 1 ? `${did} to “${name}”.` : `${did} ${count} notes to “${name}”.`
  return sync ? `${done} ${count === 1 ? 'It is' : 'They are'} sent when you open “${name}”.` : done
}

/** Whether the others have heard of it. */
export const LEFT_WORDS: Readonly<Record<'now' | 'later' | 'never', string>> = {
  now: '',
  later: ' The others are told as soon as this device reaches the relay.',
  never: ' The others could not be told: this device stays in their list until one of them takes it out.',
}

/** What becomes of a workspace that an owner deletes for everyone, place by place. */
export const endingWords = ({ devices }: WorkspaceRow): readonly (readonly [string, string])[] => {
  const others = Math.max(0, (devices ?? 1) - 1)
  return [
    ['On this device', 'Everything goes: the notes, the trash, the vault and the keys.'],
    [
      'On other devices',
      others === 0
        ? 'No other device is in this workspace.'
        : `${plural(others, 'One other device is', 'other devices are')} in it. ${others === 1 ? 'It is' : 'They are'} told that it ended, and ${others === 1 ? 'syncs' : 'sync'} it no more. The notes that are there stay there until somebody takes them away.`,
    ],
    ['At its relays', 'What is there is deleted. A backup of a relay may still hold it, sealed.'],
    ['Afterwards', 'Nobody can bring it back, you neither.'],
  ]
}
