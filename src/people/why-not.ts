import type { Role } from '../../protocol/access/acts.ts'

/** Why nothing can be written here, for somebody who tries. */
export const whyNot = (role: Role | null): string =>
  role === null
    ? 'This device was taken out of the workspace. What is here can be read and exported, but not changed.'
    : 'You can read this workspace, but not change it. Whoever runs it can give you the role of an editor.'
