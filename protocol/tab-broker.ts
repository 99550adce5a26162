/**
 * Where there is no SharedWorker that can keep keys, one tab leads: the worker runs in it, and the other tabs reach
 * that worker through ports which the service worker passes on. Only a service worker can: a BroadcastChannel does not
 * carry ports.
 */

/** Web Lock of the tab that leads. The next in line takes over when it is gone. */
export const LEADER_LOCK = 'holdfast-leader'

/** What a tab says to the service worker. `reach-leader` brings the port on which the worker will be talked to. */
export type ToBroker = { readonly type: 'reach-leader' } | { readonly type: 'leading' }

/** What the service worker says to tabs. `who-leads` goes to all, `reached` with the port to the one that answered. */
export type FromBroker = { readonly type: 'who-leads' } | { readonly type: 'reached' }

const typeOf = (data: unknown): unknown => (data as { readonly type?: unknown } | null)?.type

/** Null for messages that are none of the broker's: others use the same way. */
export const readToBroker = (data: unknown): ToBroker | null => {
  const type = typeOf(data)
  return type === 'reach-leader' || type === 'leading' ? { type } : null
}

export const readFromBroker = (data: unknown): FromBroker | null => {
  const type = typeOf(data)
  return type === 'who-leads' || type === 'reached' ? { type } : null
}
