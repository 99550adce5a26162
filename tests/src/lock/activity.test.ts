import { expect, it } from 'vitest'
import { watchActivity } from '../../../src/lock/activity.ts'

const setup = () => {
  const page = new EventTarget()
  let now = 0
  let matters = true
  const told: number[] = []
  watchActivity({ page: page as never, now: () => now, matters: () => matters, tell: () => told.push(now) })
  return {
    told,
    touch: (type = 'keydown') => page.dispatchEvent(new Event(type)),
    pass: (ms: number) => {
      now += ms
    },
    care: (does: boolean) => {
      matters = does
    },
  }
}

it('tells of each way to touch the page, every few seconds at most', () => {
  const { told, touch, pass } = setup()
  for (const type of ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart']) {
    touch(type)
    touch(type)
    pass(5_000)
  }
  expect(told).toEqual([0, 5_000, 10_000, 15_000, 20_000])
})

it('says nothing as long as there is no lock', () => {
  const { told, touch, care } = setup()
  care(false)
  touch()
  care(true)
  expect(told).toEqual([])
  touch()
  expect(told).toEqual([0])
})
