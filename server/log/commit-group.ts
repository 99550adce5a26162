/**
 * Collects jobs while the disk is busy with those before, because one commit to the disk costs the same for hundreds as
 * for one. Where it is idle nobody waits: what comes in one turn goes at its end.
 */
export interface CommitGroup<Job, Outcome> {
  /** Resolves when it is on the disk, in the order of the calls; rejects, as all of its group do, where that failed. */
  add(job: Job): Promise<Outcome>
  /** Resolves when all that was committed by now is on the disk; rejects where that failed. */
  onDisk(): Promise<void>
  /** Commits what is waiting, and resolves when all that was committed is on the disk or has failed. */
  flush(): Promise<void>
}

interface Deps<Job, Outcome> {
  /** Commits all or none. Throws where it could not. */
  readonly commit: (jobs: readonly Job[]) => readonly Outcome[]
  /** Resolves when all that was committed before is on the disk. Meanwhile the next group gathers. */
  readonly reachDisk: () => Promise<void>
}

interface Waiting<Job, Outcome> {
  readonly job: Job
  readonly resolve: (outcome: Outcome) => void
  readonly reject: (reason: unknown) => void
}

export const createCommitGroup = <Job, Outcome>(deps: Deps<Job, Outcome>): CommitGroup<Job, Outcome> => {
  let waiting: Waiting<Job, Outcome>[] = []
  /** The group that is on its way to the disk, and those before. */
  let underWay: Promise<void> = Promise.resolve()
  let reached: Promise<unknown> = underWay
  let isUnderWay = false

  const settle = async (
    group: readonly Waiting<Job, Outcome>[],
    outcomes: readonly Outcome[],
    reached: Promise<unknown>,
  ): Promise<void> => {
    try {
      await reached
      group.forEach(({ resolve }, index) => {
        resolve(outcomes[index]!)
      })
    } catch (error) {
      for (const { reject } of group) reject(error)
    }
  }

  const commit = (): Promise<void> => {
    if (waiting.length === 0) return underWay
    const group = waiting
    waiting = []
    try {
      const outcomes = deps.commit(group.map(({ job }) => job))
      reached = Promise.all([deps.reachDisk(), underWay])
      const mine = settle(group, outcomes, reached)
      underWay = mine
      isUnderWay = true
      void mine.then(() => {
        if (underWay !== mine) return
        isUnderWay = false
        commit()
      })
    } catch (error) {
      for (const { reject } of group) reject(error)
    }
    return underWay
  }

  return {
    add: job =>
      new Promise((resolve, reject) => {
        waiting.push({ job, resolve, reject })
        if (waiting.length === 1 && !isUnderWay) queueMicrotask(commit)
      }),
    onDisk: async () => {
      await reached
    },
    flush: commit,
  }
}
