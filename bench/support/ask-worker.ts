import type { CDPSession } from '@playwright/test'
import { workers } from '../../tests/support/browser/workers.ts'

interface Call {
  readonly method: string
  readonly params?: object
}

/** What the last of some commands of the DevTools protocol answers, asked of the shared worker. */
export const askWorker = async (browser: CDPSession, calls: readonly Call[]): Promise<unknown> => {
  const [worker] = await workers(browser)
  if (!worker) throw new Error('There is no shared worker.')
  const { sessionId } = await browser.send('Target.attachToTarget', { targetId: worker.targetId })
  let answer: unknown
  for (const [index, call] of calls.entries()) {
    const answered = new Promise<unknown>(resolve => {
      const hear = ({ sessionId: from, message }: { sessionId: string; message: string }): void => {
        const { id, result } = JSON.parse(message) as { id?: number; result?: unknown }
        if (from !== sessionId || id !== index + 1) return
        browser.off('Target.receivedMessageFromTarget', hear)
        resolve(result)
      }
      browser.on('Target.receivedMessageFromTarget', hear)
    })
    const message = JSON.stringify({ id: index + 1, ...call })
    await browser.send('Target.sendMessageToTarget', { sessionId, message })
    answer = await answered
  }
  await browser.send('Target.detachFromTarget', { sessionId })
  return answer
}
