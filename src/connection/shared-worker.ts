import { WORKER_NAME } from '../../protocol/worker-api.ts'
import type { StartedWorker } from './worker-connection.ts'

/** Starts the worker, or joins the one that other tabs have started. */
export const startSharedWorker = (): StartedWorker => {
  const worker = new SharedWorker(new URL('../../worker/main.ts', import.meta.url), {
    type: 'module',
    name: WORKER_NAME,
  })
  const broken = new Promise<string>(resolve => {
    worker.onerror = () =>
      resolve('A part of the app could not be loaded. Your notes are safe. Load the page again.')
  })
  return { port: worker.port, broken }
}
