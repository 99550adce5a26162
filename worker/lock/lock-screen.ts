import type { LockScreen } from '../../protocol/lock.ts'
import { ok, type Result } from '../../protocol/result.ts'
import type { TabHello, WorkerHello } from '../../protocol/worker-api.ts'
import type { Clock } from '../platform/clock.ts'
import { createTabs, type Locks } from '../tabs/tabs.ts'

/** What tabs are told as long as there are no notes to be seen. */
export interface LockScreens {
  connect(hello: TabHello, port: unknown): Promise<Result<WorkerHello>>
  show(screen: LockScreen): void
  close(): void
}

interface Deps {
  readonly clock: Clock
  readonly locks: Locks
  readonly build: string
  readonly epoch: string
}

export const createLockScreens = (first: LockScreen, deps: Deps): LockScreens => {
  const lines = new Set<(screen: unknown) => void>()
  let shown = first
  const tabs = createTabs({
    ...deps,
    hub: {
      join: send => {
        lines.add(send)
        send(shown)
        return { receive: () => undefined, leave: () => void lines.delete(send) }
      },
    },
    onLastLeft: () => undefined,
  })
  return {
    connect: async (hello, port) => {
      const answer = await tabs.connect(hello, port)
      return answer.ok ? ok({ ...answer.value, lockScreen: true }) : answer
    },
    show: screen => {
      shown = screen
      for (const send of [...lines]) send(screen)
    },
    close: tabs.close,
  }
}
