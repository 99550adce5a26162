import type { Failure } from '../../protocol/result.ts'
import type { Workspace } from '../workspace/workspace.ts'

/** What this device may do with the notes of a workspace. */
export type Rights = Pick<Workspace, 'role' | 'mayWrite' | 'onChange'>

const READER: Failure = {
  code: 'access-denied',
  message:
    'You can read this workspace, but not change it. Nothing was changed. Whoever runs the workspace can give you the role of an editor.',
}
const OUT: Failure = {
  code: 'access-denied',
  message:
    'This device does not belong to the workspace any more. What it has can be read and exported; nothing was changed.',
}

/** Why nothing may be written; null where it may. Whatever a reader writes would stay on their device for ever. */
export const noRight = (rights: Pick<Rights, 'role' | 'mayWrite'>): Failure | null =>
  rights.mayWrite() ? null : rights.role() === null ? OUT : READER
