import type { CDPSession } from '@playwright/test'

interface Target {
  readonly targetId: string
  readonly type: string
  readonly url: string
}

/** The workers that live in this browser: shared ones, and those that a tab hosts. */
export const workers = async (browser: CDPSession): Promise<readonly Target[]> => {
  const { targetInfos } = await browser.send('Target.getTargets', { filter: [{}] })
  return targetInfos.filter(({ type }) => type === 'shared_worker' || type === 'worker')
}

/**
 * Addresses of all scripts that the shared worker has loaded so far. A precache holds every script of the app, so
 * what was fetched does not show what runs.
 */
export const scriptsOfWorker = async (browser: CDPSession): Promise<readonly string[]> => {
  const [worker] = await workers(browser)
  if (!worker) throw new Error('There is no worker.')
  const { sessionId } = await browser.send('Target.attachToTarget', { targetId: worker.targetId })
  const scripts: string[] = []
  const answered = new Promise<void>(resolve => {
    browser.on('Target.receivedMessageFromTarget', ({ sessionId: from, message }) => {
      if (from !== sessionId) return
      const { id, method, params } = JSON.parse(message) as {
        id?: number
        method?: string
        params?: { url: string }
      }
      if (method === 'Debugger.scriptParsed' && params?.url) scripts.push(params.url)
      // Every script that is there already is told of before the answer.
      if (id === 1) resolve()
    })
  })
  const message = JSON.stringify({ id: 1, method: 'Debugger.enable' })
  await browser.send('Target.sendMessageToTarget', { sessionId, message })
  await answered
  await browser.send('Target.detachFromTarget', { sessionId })
  return scripts
}

/** Ends the shared worker between two instructions, as a crash of it alone does. The tabs stay. */
export const crashSharedWorker = async (browser: CDPSession): Promise<void> => {
  const [worker] = await workers(browser)
  if (worker?.type !== 'shared_worker') throw new Error('There is no shared worker.')
  await browser.send('Target.closeTarget', { targetId: worker.targetId })
}
