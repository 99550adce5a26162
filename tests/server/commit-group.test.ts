import { expect, test } from 'vitest'
import { createCommitGroup } from '../../server/log/commit-group.ts'
import { createManualClock, settled } from '../support/manual-clock.ts'

/** A disk that takes what was committed when the test says so. */
const setup = () => {
  const clock = createManualClock()
  const commits: (readonly string[])[] = []
  const asked: PromiseWithResolvers<void>[] = []
  const outcomes: string[] = []
  const group = createCommitGroup<string, string>({
    commit: jobs => {
      commits.push(jobs)
      if (jobs.includes('unfit')) throw new Error('unfit')
      return jobs.map(job => `${job} stored`)
    },
    reachDisk: () => {
      const reached = Promise.withResolvers<void>()
      asked.push(reached)
      return reached.promise
    },
    sizeOf: () => 1,
    clock,
  })
  const add = (job: string): void =>
    void group.add(job).then(
      outcome => outcomes.push(outcome),
      (error: Error) => outcomes.push(`${job} refused: ${error.message}`),
    )
  const takeNext = async (): Promise<void> => {
    asked.shift()!.resolve()
    await settled()
  }
  const takeLast = async (): Promise<void> => {
    asked.pop()!.resolve()
    await settled()
  }
  const failNext = async (): Promise<void> => {
    asked.shift()!.reject(new Error('i/o error'))
    await settled()
  }
  return { clock, commits, outcomes, add, flush: group.flush, takeNext, takeLast, failNext }
}

test('RLY-2: what comes within a moment is committed together, and known when it is on the disk', async () => {
  const { clock, commits, outcomes, add, takeNext } = setup()
  add('a')
  add('b')
  await clock.pass(10)
  expect(commits).toEqual([['a', 'b']])
  expect(outcomes).toEqual([])
  await takeNext()
  expect(outcomes).toEqual(['a stored', 'b stored'])
})

test('what comes while the disk is busy waits for its turn, and goes as one', async () => {
  const { clock, commits, outcomes, add, takeNext } = setup()
  add('a')
  await clock.pass(10)
  add('b')
  await clock.pass(10)
  add('c')
  await clock.pass(10)
  expect(commits).toEqual([['a']])
  await takeNext()
  expect(commits).toEqual([['a'], ['b', 'c']])
  expect(outcomes).toEqual(['a stored'])
  await takeNext()
  expect(outcomes).toEqual(['a stored', 'b stored', 'c stored'])
})

test('RLY-6: a group that the disk does not take is refused as a whole, and the next one has its turn', async () => {
  const { clock, outcomes, add, takeNext, failNext } = setup()
  add('a')
  await clock.pass(10)
  add('b')
  await failNext()
  expect(outcomes).toEqual(['a refused: i/o error'])
  await takeNext()
  expect(outcomes).toEqual(['a refused: i/o error', 'b stored'])
  add('unfit')
  add('c')
  await clock.pass(10)
  expect(outcomes.slice(2)).toEqual(['unfit refused: unfit', 'c refused: unfit'])
})

test('RLY-2: what is flushed while another group is under way is known after it, whichever the disk takes first', async () => {
  const { clock, outcomes, add, flush, takeNext, takeLast } = setup()
  add('a')
  await clock.pass(10)
  add('b')
  let flushed = false
  const all = flush().then(() => {
    flushed = true
  })
  await settled()
  expect(flushed).toBe(false)
  await takeLast()
  expect(outcomes).toEqual([])
  await takeNext()
  await all
  expect(outcomes).toEqual(['a stored', 'b stored'])
})
