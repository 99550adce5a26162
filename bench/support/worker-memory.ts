import type { CDPSession } from '@playwright/test'
import { workers } from '../../tests/support/browser/workers.ts'

/** What one command of the DevTools protocol answers, asked of the shared worker. */
const askWorker = async (browser: CDPSession, methods: readonly string[]): Promise<unknown> => {
  const [worker] = await workers(browser)
  if (!worker) throw new Error('There is no shared worker.')
  const { sessionId } = await browser.send('Target.attachToTarget', { targetId: worker.targetId })
  let answer: unknown
  for (const [index, method] of methods.entries()) {
    const answered = new Promise<unknown>(resolve => {
      const hear = ({ sessionId: from, message }: { sessionId: string; message: string }): void => {
        const { id, result } = JSON.parse(message) as { id?: number; result?: unknown }
        if (from !== sessionId || id !== index + 1) return
        browser.off('Target.receivedMessageFromTarget', hear)
        resolve(result)
      }
      browser.on('Target.receivedMessageFromTarget', hear)
    })
    const message = JSON.stringify({ id: index + 1, method })
    await browser.send('Target.sendMessageToTarget', { sessionId, message })
    answer = await answered
  }
  await browser.send('Target.detachFromTarget', { sessionId })
  return answer
}

/** Bytes that the shared worker holds after a garbage collection: its heap and its buffers. */
export const workerMemory = async (browser: CDPSession): Promise<number> => {
  const usage = await askWorker(browser, [
    'HeapProfiler.enable',
    'HeapProfiler.collectGarbage',
    'Runtime.getHeapUsage',
  ])
  const { usedSize, backingStorageSize = 0 } = usage as { usedSize: number; backingStorageSize?: number }
  return usedSize + backingStorageSize
}
