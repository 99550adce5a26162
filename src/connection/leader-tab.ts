import { LEADER_LOCK, readFromBroker, type ToBroker } from '../../protocol/tab-broker.ts'
import { createHostedWorker, type HostedWorker, type Spawn } from './hosted-worker.ts'
import type { StartedWorker } from './worker-connection.ts'

interface LeaderTabDeps {
  readonly locks: Pick<LockManager, 'request'>
  /** Private windows and old WebViews may have none: then one tab can be used at a time. */
  readonly serviceWorker: ServiceWorkerContainer | undefined
  readonly spawn: Spawn
}

const ONLY_ONE =
  'In this browser Holdfast works in one tab at a time, and another tab has it. Your notes are safe. Close the other tab.'

const forever = () => new Promise<never>(() => {})

/**
 * Reaches the worker where there is no SharedWorker: in this tab if it leads, else in the one that does. See
 * protocol/tab-broker.ts.
 */
export const createLeaderTab = ({ locks, serviceWorker, spawn }: LeaderTabDeps): (() => StartedWorker) => {
  let role: 'unknown' | 'leader' | 'follower' = 'unknown'
  let hosted: HostedWorker | null = null
  /** What this tab wants to talk to the worker on, until it is known where that is. */
  const waiting = new Map<MessagePort, (why: string) => void>()

  const tellBroker = async (message: ToBroker, ports: MessagePort[] = []) =>
    (await serviceWorker?.ready)?.active?.postMessage(message, ports)

  const takeOwn = () => {
    for (const [port, broken] of waiting) hosted?.take(port, broken)
    waiting.clear()
  }

  const lead = () => {
    role = 'leader'
    hosted = createHostedWorker({ locks, spawn })
    takeOwn()
    void tellBroker({ type: 'leading' })
    return forever()
  }

  const passOn = async () => {
    // On the very first visit there is none yet; meanwhile this tab may have become the one that leads.
    await serviceWorker?.ready
    if (role === 'leader') return
    for (const [port, broken] of waiting) {
      if (serviceWorker) void tellBroker({ type: 'reach-leader' }, [port])
      else broken(ONLY_ONE)
    }
    waiting.clear()
  }

  const findRole = async () => {
    await locks.request(LEADER_LOCK, { ifAvailable: true }, lock => (lock ? lead() : undefined))
    role = 'follower'
    void passOn()
    await locks.request(LEADER_LOCK, lead)
  }

  serviceWorker?.addEventListener('message', ({ data, ports }) => {
    if (!hosted) return
    const message = readFromBroker(data)
    if (message?.type === 'who-leads') void tellBroker({ type: 'leading' })
    if (message?.type === 'reached') for (const port of ports) hosted.take(port, () => {})
  })
  serviceWorker?.startMessages()
  void findRole()

  return () => {
    const { port1, port2 } = new MessageChannel()
    const broken = new Promise<string>(resolve => waiting.set(port2, resolve))
    if (role === 'leader') takeOwn()
    if (role === 'follower') void passOn()
    return { port: port1, broken }
  }
}
