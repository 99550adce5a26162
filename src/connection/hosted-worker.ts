/** Of a dedicated Worker, what is needed of it here. */
export type OwnWorker = Pick<Worker, 'postMessage' | 'terminate' | 'onmessage' | 'onerror'>
export type Spawn = () => OwnWorker

/** The worker that runs within this tab, for all tabs. */
export interface HostedWorker {
  /** Has the worker talk on a port; starts it where there is none. `broken` is told if it cannot be started. */
  take(port: MessagePort, broken: (why: string) => void): void
}

const NOT_LOADED = 'A part of the app could not be loaded. Your notes are safe. Load the page again.'

export const createHostedWorker = ({
  locks,
  spawn,
}: {
  readonly locks: Pick<LockManager, 'request'>
  readonly spawn: Spawn
}): HostedWorker => {
  let worker: OwnWorker | null = null
  let tellBroken: ((why: string) => void)[] = []

  const drop = (ended: OwnWorker) => {
    ended.terminate()
    if (worker === ended) worker = null
  }

  const start = (): OwnWorker => {
    const started = spawn()
    // It says once that it owns the data, and which lock it holds. Who asks for that gets it when this worker has
    // ended, of which a page is not told otherwise.
    started.onmessage = ({ data: life }) => {
      tellBroken = []
      started.onmessage = null
      started.onerror = null
      void locks.request(String(life), { mode: 'shared' }, () => drop(started))
    }
    started.onerror = () => {
      for (const tell of tellBroken.splice(0)) tell(NOT_LOADED)
      drop(started)
    }
    return started
  }

  return {
    take(port, broken) {
      worker ??= start()
      if (worker.onerror) tellBroken.push(broken)
      worker.postMessage(null, [port])
    },
  }
}
