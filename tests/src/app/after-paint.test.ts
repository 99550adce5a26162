import { expect, test } from 'vitest'
import { afterPaint } from '../../../src/app/after-paint.ts'

const setup = (visibilityState: DocumentVisibilityState) => {
  const frames: (() => void)[] = []
  const timers: (() => void)[] = []
  const page = {
    document: { visibilityState },
    requestAnimationFrame: (work: () => void) => frames.push(work),
    setTimeout: (work: () => void) => timers.push(work),
  } as unknown as Window
  let runs = 0
  afterPaint(page, () => {
    runs += 1
  })
  const runAll = (queue: (() => void)[]) => {
    for (const work of queue.splice(0)) work()
  }
  return { runs: () => runs, frame: () => runAll(frames), time: () => runAll(timers) }
}

test('it runs once, in a turn behind the frame', () => {
  const { runs, frame, time } = setup('visible')
  frame()
  expect(runs()).toBe(0)
  time()
  expect(runs()).toBe(1)
})

test('a page that nobody sees waits for no frame', () => {
  expect(setup('hidden').runs()).toBe(1)
})

test('a page that is hidden before its frame waits for none', () => {
  const { runs, time } = setup('visible')
  time()
  expect(runs()).toBe(1)
})
