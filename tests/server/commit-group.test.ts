import { expect, test } from 'vitest'
import { createCommitGroup } from '../../server/log/commit-group.ts'
import { settled } from '../support/manual-clock.ts'

/** A disk that takes what was committed when the test says so. */
const setup = () => {
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
  return { commits, outcomes, add, flush: group.flush, takeNext, takeLast, failNext }
}

test('RLY-2: what comes in one turn is committed together at its end, and known when it is on the disk', async () => {
  const { commits, outcomes, add, takeNext } = setup()
  add('a')
  add('b')
  await settled()
  expect(commits).toEqual([['a', 'b']])
  expect(outcomes).toEqual([])
  await takeNext()
  expect(outcomes).toEqual(['a stored', 'b stored'])
})

test('what comes while the disk is busy waits for its turn, and goes as one', async () => {
  const { commits, outcomes, add, takeNext } = setup()
  add('a')
  await settled()
  add('b')
  await settled()
  add('c')
  await settled()
  expect(commits).toEqual([['a']])
  await takeNext()
  expect(commits).toEqual([['a'], ['b', 'c']])
  expect(outcomes).toEqual(['a stored'])
  await takeNext()
  expect(outcomes).toEqual(['a stored', 'b stored', 'c stored'])
})

test('RLY-6: a group that the disk does not take is refused as a whole, and the next one has its turn', async () => {
  const { outcomes, add, takeNext, failNext } = setup()
  add('a')
  await settled()
  add('b')
  await failNext()
  expect(outcomes).toEqual(['a refused: i/o error'])
  await takeNext()
  expect(outcomes).toEqual(['a refused: i/o error', 'b stored'])
  add('unfit')
  add('c')
  await settled()
  expect(outcomes.slice(2)).toEqual(['unfit refused: unfit', 'c refused: unfit'])
})

test('RLY-2: what is flushed while another group is under way is known after it, whichever the disk takes first', async () => {
  const { outcomes, add, flush, takeNext, takeLast } = setup()
  add('a')
  await settled()
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
