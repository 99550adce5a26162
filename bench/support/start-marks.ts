import type { Page } from '@playwright/test'
import type { Device } from '../../tests/support/browser/device.ts'
import { askWorker } from './ask-worker.ts'

type Marks = readonly (readonly [name: string, at: number])[]

/** What the page and the worker noted about a start, with milliseconds since the page began. */
export const startMarks = async (device: Device, page: Page): Promise<ReadonlyMap<string, number>> => {
  const here = await page.evaluate(() => ({
    began: performance.timeOrigin,
    marks: performance.getEntriesByType('mark').map(({ name, startTime }) => [name, startTime] as const),
  }))
  const expression = `performance.getEntriesByType('mark')
    .map(({ name, startTime }) => [name, performance.timeOrigin + startTime])`
  const answer = (await askWorker(device.browser, [
    { method: 'Runtime.evaluate', params: { expression, returnByValue: true } },
  ])) as { readonly result: { readonly value: Marks } }
  const there = answer.result.value.map(([name, at]) => [name, at - here.began] as const)
  return new Map([...here.marks, ...there].sort(([, a], [, b]) => a - b))
}
