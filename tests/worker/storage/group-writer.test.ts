import { expect, test } from 'vitest'
import { createGroupWriter } from '../../../worker/storage/group-writer.ts'

const setup = () => {
  const groups: (readonly number[])[] = []
  const ends: { resolve: () => void; reject: (error: Error) => void }[] = []
  const write = createGroupWriter<number>(items => {
    groups.push(items)
    return new Promise((resolve, reject) => ends.push({ resolve, reject }))
  })
  return { groups, ends, write }
}

const turn = () => new Promise<void>(resolve => setImmediate(resolve))

test('what comes while a group is written shares the next one', async () => {
  const { groups, ends, write } = setup()
  const first = write(1)
  await turn()
  const others = [write(2), write(3)]
  await turn()
  expect(groups).toEqual([[1]])
  ends[0]!.resolve()
  await first
  await turn()
  expect(groups).toEqual([[1], [2, 3]])
  ends[1]!.resolve()
  await Promise.all(others)
})

test('a refused group is told to those who brought it, and the next one is tried', async () => {
  const { ends, write } = setup()
  const first = write(1)
  await turn()
  const second = write(2)
  ends[0]!.reject(new Error('full'))
  await expect(first).rejects.toThrow('full')
  await turn()
  ends[1]!.resolve()
  await expect(second).resolves.toBeUndefined()
})
