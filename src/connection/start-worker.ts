import { WORKER_NAME } from '../../protocol/worker-api.ts'
import { createLeaderTab } from './leader-tab.ts'
import type { StartedWorker, Workers } from './worker-connection.ts'

declare global {
  /** In no type library yet. */
  interface WorkerOptions {
    /** Lets a shared worker finish what it does after its last page is gone. Where it is unknown it is ignored. */
    extendedLifetime?: boolean
  }
}

/** Starts the shared worker, or joins the one that other tabs have started. */
const startShared = (): StartedWorker => {
  const worker = new SharedWorker(new URL('../../worker/main.ts', import.meta.url), {
    type: 'module',
    name: WORKER_NAME,
    extendedLifetime: true,
  })
  const broken = new Promise<string>(resolve => {
    worker.onerror = () =>
      resolve('A part of the app could not be loaded. Your notes are safe. Load the page again.')
  })
  return { port: worker.port, broken }
}

const spawnOwn = () =>
  new Worker(new URL('../../worker/main.ts', import.meta.url), { type: 'module', name: WORKER_NAME })

/**
 * The browser's workers: a shared one, or one in the tab that leads where shared ones are missing or of no use. The first
 * is started at once, for whoever asks first.
 */
export const createWorkers = (page: Window & typeof globalThis): Workers => {
  const { locks, serviceWorker } = page.navigator
  const leadOrFollow = () => createLeaderTab({ locks, serviceWorker, spawn: spawnOwn })
  let start = 'SharedWorker' in page ? startShared : leadOrFollow()
  let first: StartedWorker | null = start()
  return {
    start: () => {
      const started = first ?? start()
      first = null
      return started
    },
    avoidShared: () => {
      start = leadOrFollow()
    },
  }
}
