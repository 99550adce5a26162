import { CLOSE_CODES, type RefusalCode, type RelayMessage } from '../../protocol/relay-messages.ts'
import { createRelayEncoder } from '../../protocol/wire-codec.ts'
import type { Connection } from './connection.ts'

/** What goes to one client, with an eye on how much of it lies unread. */
export interface Outgoing {
  send(message: RelayMessage): void
  /** For what may be lost: dropped where the client is behind. It is encoded as it is for everybody. */
  sendIfPrompt(message: Uint8Array): void
  /** Resolves when the client is no longer behind, or is gone. */
  roomToSend(): Promise<void>
  drained(): void
  /** Says why, once, and sends nothing more. */
  close(code: RefusalCode): void
  /** The connection is gone. */
  ended(): void
  isOpen(): boolean
}

/** History is read on only while less than this waits in the socket. */
const BEHIND_BYTES = 1024 * 1024

interface Deps {
  readonly connection: Connection
  readonly unreadBytes: number
  readonly onClose: (code: RefusalCode) => void
}

export const createOutgoing = ({ connection, unreadBytes, onClose }: Deps): Outgoing => {
  const encode = createRelayEncoder()
  let open = true
  let waiting: (() => void)[] = []

  const wake = (): void => {
    const woken = waiting
    waiting = []
    for (const resolve of woken) resolve()
  }
  const isBehind = (): boolean => connection.buffered() > BEHIND_BYTES

  const close = (code: RefusalCode): void => {
    if (!open) return
    open = false
    connection.close(CLOSE_CODES[code], code)
    wake()
    onClose(code)
  }

  const sendBytes = (message: Uint8Array): void => {
    connection.send(message)
    if (connection.buffered() > unreadBytes) close('slow-reader')
  }

  return {
    send: message => {
      if (open) sendBytes(encode(message))
    },
    sendIfPrompt: message => {
      if (open && !isBehind()) sendBytes(message)
    },
    roomToSend: async () => {
      while (open && isBehind()) await new Promise<void>(resolve => waiting.push(resolve))
    },
    drained: () => {
      if (waiting.length > 0 && !isBehind()) wake()
    },
    close,
    ended: () => {
      open = false
      wake()
    },
    isOpen: () => open,
  }
}
