import { type FromBroker, readToBroker } from '../../protocol/tab-broker.ts'

/** Of a window, what the broker needs. */
interface Tab {
  postMessage(message: FromBroker, transfer: Transferable[]): void
}

interface Deps {
  /** Every tab of the app that is open, those that no service worker controls yet among them. */
  tabs(): Promise<readonly Tab[]>
}

/**
 * Passes ports on to the tab that leads. Who that is may change at any moment and is kept nowhere, so that a service
 * worker that was just started knows as much as any: each port asks anew. Where nobody leads yet, the tab that will
 * says so by itself. What is lost with a service worker that ends in between, its tab sends again.
 */
export const createPortBroker = ({ tabs }: Deps) => {
  let waiting: MessagePort[] = []
  return async (data: unknown, from: Tab | null, ports: readonly MessagePort[]): Promise<void> => {
    switch (readToBroker(data)?.type) {
      case 'reach-leader':
        waiting.push(...ports)
        for (const tab of await tabs()) tab.postMessage({ type: 'who-leads' }, [])
        return
      case 'leading': {
        const arrived = waiting
        waiting = []
        for (const port of arrived) from?.postMessage({ type: 'reached' }, [port])
        return
      }
      case undefined:
        return
    }
  }
}
