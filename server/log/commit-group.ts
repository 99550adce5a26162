import type { Clock } from '../platform/clock.ts'

/** Collects jobs for a moment, because one commit to the disk costs the same for fifty as for one. */
export interface CommitGroup<Job, Outcome> {
  /** Resolves after the commit; rejects, as all of its group do, where the commit failed. */
  add(job: Job): Promise<Outcome>
  /** Commits what is waiting. */
  flush(): void
}

interface Deps<Job, Outcome> {
  /** Commits all or none. Throws where it could not. */
  readonly commit: (jobs: readonly Job[]) => readonly Outcome[]
  readonly sizeOf: (job: Job) => number
  readonly clock: Clock
}

const WAIT_MS = 3
const FULL = 50

interface Waiting<Job, Outcome> {
  readonly job: Job
  readonly resolve: (outcome: Outcome) => void
  readonly reject: (reason: unknown) => void
}

export const createCommitGroup = <Job, Outcome>(deps: Deps<Job, Outcome>): CommitGroup<Job, Outcome> => {
  let waiting: Waiting<Job, Outcome>[] = []
  let size = 0
  let cancel = (): void => {}

  const flush = (): void => {
    cancel()
    if (waiting.length === 0) return
    const group = waiting
    waiting = []
    size = 0
    try {
      const outcomes = deps.commit(group.map(({ job }) => job))
      group.forEach(({ resolve }, index) => {
        resolve(outcomes[index]!)
      })
    } catch (error) {
      for (const { reject } of group) reject(error)
    }
  }

  return {
    add: job =>
      new Promise((resolve, reject) => {
        waiting.push({ job, resolve, reject })
        size += deps.sizeOf(job)
        if (size >= FULL) flush()
        else if (waiting.length === 1) cancel = deps.clock.after(WAIT_MS, flush)
      }),
    flush,
  }
}
