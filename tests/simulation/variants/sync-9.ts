import { loadHeard as load } from '../../../worker/workspace/heard.ts'

export * from '../../../worker/workspace/heard.ts'

/** Does not care that it took over what counts no more: what was built on it waits for ever at the others. */
export const loadHeard: typeof load = async deps => ({ ...(await load(deps)), isLate: () => false })
