import { Awareness } from 'y-protocols/awareness'
import { WebsocketProvider } from 'y-websocket'
import type { Attachment } from '../../documents/attachments.ts'
import { type DocumentState, documentState, isEmptyState, sameState } from '../../documents/document-state.ts'
import { createListeners } from '../../listeners.ts'
import type { Clock } from '../../platform/clock.ts'
import type { DocumentStore } from '../../storage/document-store.ts'

/**
 * A loaded document at a plain Yjs server: the stock y-websocket provider with nothing in between. The server confirms
 * nothing, so the most that can be said is that it was handed what is here.
 */
export interface TrustedChannel extends Attachment {
  isConnected(): boolean
  /** Tries at once. */
  wake(): void
}

interface Deps {
  /** `ws://…` or `wss://…`. */
  readonly address: string
  readonly room: string
  readonly store: Pick<DocumentStore, 'doc' | 'mark' | 'setMark' | 'save'>
  readonly markKey: string
  readonly clock: Clock
  /** Names the connection for the clean mark: a server may forget everything from one to the next. */
  readonly connection: () => string
  readonly onChange: () => void
}

const MAX_BACKOFF_MS = 30_000
/** A socket does not tell when it has sent what it was given. */
const LOOK_AGAIN_MS = 100
const FLUSH_WITHIN_MS = 1_000

export const createTrustedChannel = ({ store, clock, ...deps }: Deps): TrustedChannel => {
  const { doc } = store
  const awareness = new Awareness(doc)
  awareness.setLocalState(null)
  const provider = new WebsocketProvider(deps.address, deps.room, doc, {
    disableBc: true,
    awareness,
    maxBackoffTime: MAX_BACKOFF_MS,
  })
  const presentListeners = createListeners()
  const sendingListeners = createListeners()
  let cancelLook = (): void => {}
  let stopped = false

  const others = (): number =>
    [...awareness.getStates().keys()].filter(client => client !== doc.clientID).length
  awareness.on('change', () => presentListeners.tell())

  const isConnected = (): boolean => provider.wsconnected && provider.synced
  const isOnItsWay = (): boolean => (provider.ws?.bufferedAmount ?? 0) > 0

  /** What it was handed last, in this life or an earlier one. */
  const handed = (): DocumentState | undefined => store.mark(deps.markKey) as DocumentState | undefined
  const unsent = (): boolean => {
    if (isConnected()) return isOnItsWay()
    const state = documentState(doc)
    const before = handed()
    return before ? !sameState(before, state) : !isEmptyState(state)
  }

  const remember = (): void => {
    if (!isConnected() || isOnItsWay()) return
    const state = documentState(doc)
    const before = handed()
    if (!before || !sameState(before, state)) store.setMark(deps.markKey, state)
  }

  const changed = (): void => {
    if (stopped) return
    deps.onChange()
    cancelLook()
    if (isOnItsWay()) cancelLook = clock.after(LOOK_AGAIN_MS, changed)
  }
  const onUpdate = (_update: Uint8Array, origin: unknown): void => {
    if (origin === provider) return
    sendingListeners.tell()
    changed()
  }
  doc.on('update', onUpdate)
  provider.on('sync', changed)
  provider.on('status', changed)

  const handedOver = (): Promise<void> =>
    new Promise(resolve => {
      const deadline = clock.now() + FLUSH_WITHIN_MS
      const look = (): void => {
        if (stopped || !isConnected() || !isOnItsWay() || clock.now() >= deadline) resolve()
        else clock.after(LOOK_AGAIN_MS, look)
      }
      look()
    })

  return {
    confirms: false,
    isConnected,
    wake: () => {
      if (isConnected() || provider.wsconnecting) return
      provider.disconnect()
      provider.connect()
    },
    clean: () =>
      isConnected() && !isOnItsWay() ? { log: deps.connection(), position: 0, handed: true } : null,
    unsent,
    settled: () => isConnected() && !isOnItsWay(),
    present: others,
    onPresent: presentListeners.add,
    onSending: sendingListeners.add,
    setWatched: watched => {
      if (watched !== (awareness.getLocalState() !== null)) awareness.setLocalState(watched ? {} : null)
    },
    flush: async () => {
      await handedOver()
      remember()
    },
    detach: async () => {
      remember()
      stopped = true
      cancelLook()
      doc.off('update', onUpdate)
      provider.destroy()
      awareness.destroy()
    },
  }
}
