import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createTypingPause } from '../../../src/install/typing-pause.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const setup = () => {
  const page = new EventTarget()
  const pause = createTypingPause(page as unknown as Window)
  return {
    press: () => page.dispatchEvent(new Event('keydown')),
    /** Notes down when the pause has come. */
    wait: () => {
      const came = vi.fn()
      void pause().then(came)
      return came
    },
  }
}

it('comes at once where nobody types', async () => {
  const came = setup().wait()
  await vi.advanceTimersByTimeAsync(0)
  expect(came).toHaveBeenCalled()
})

it('waits for the end of what is being typed', async () => {
  const { press, wait } = setup()
  press()
  const came = wait()
  await vi.advanceTimersByTimeAsync(500)
  press()
  await vi.advanceTimersByTimeAsync(500)
  expect(came).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(200)
  expect(came).toHaveBeenCalled()
})

it('does not wait for ever', async () => {
  const { press, wait } = setup()
  press()
  const came = wait()
  for (let passed = 0; passed < 5_000; passed += 250) {
    expect(came).not.toHaveBeenCalled()
    press()
    await vi.advanceTimersByTimeAsync(250)
  }
  expect(came).toHaveBeenCalled()
})
