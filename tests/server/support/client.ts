import { once } from 'node:events'
import { WebSocket } from 'ws'
import type { WorkspaceId } from '../../../protocol/ids.ts'
import { SUBPROTOCOL, workspacePath } from '../../../protocol/relay-http.ts'
import type { ClientMessage, RelayMessage } from '../../../protocol/relay-messages.ts'
import { createClientEncoder, createRelayDecoder } from '../../../protocol/wire-codec.ts'

interface Closing {
  readonly code: number
  readonly reason: string
}

type Of<T extends RelayMessage['type']> = Extract<RelayMessage, { type: T }>

/** A client over a real WebSocket, whose messages a test takes one by one in the order they came. */
export interface TestClient {
  readonly socket: WebSocket
  readonly received: RelayMessage[]
  readonly closed: Promise<Closing>
  send(message: ClientMessage): void
  sendRaw(data: Uint8Array | string): void
  /** The next message that was not taken yet, of this type; others before it are skipped. Rejects on the end. */
  next<T extends RelayMessage['type']>(type: T, fits?: (message: Of<T>) => boolean): Promise<Of<T>>
  close(): Promise<void>
}

interface Options {
  readonly origin?: string
  /** Undefined shows no token. */
  readonly token?: string | undefined
}

export const openClient = (url: string, workspace: WorkspaceId, options: Options): TestClient => {
  const protocols = options.token === undefined ? [SUBPROTOCOL] : [SUBPROTOCOL, options.token]
  const socket = new WebSocket(url.replace(/^http/, 'ws') + workspacePath(workspace), protocols, {
    ...(options.origin ? { origin: options.origin } : {}),
  })
  const received: RelayMessage[] = []
  const listeners = new Set<() => void>()
  const [encode, decode] = [createClientEncoder(), createRelayDecoder()]
  let taken = 0
  let end: Closing | null = null
  const tell = (): void => {
    for (const listener of [...listeners]) listener()
  }
  socket.on('message', data => {
    const message = decode(new Uint8Array(data as Buffer))
    if (!message.ok) throw new Error(message.error.message)
    received.push(message.value)
    tell()
  })
  socket.on('error', () => {
    // `close` follows, and tests look at that
  })
  const closed = new Promise<Closing>(resolve => {
    socket.on('close', (code, reason) => {
      end = { code, reason: reason.toString() }
      tell()
      resolve(end)
    })
  })
  return {
    socket,
    received,
    closed,
    send: message => socket.send(encode(message)),
    sendRaw: data => socket.send(data),
    next: (type, fits = () => true) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          while (taken < received.length) {
            const message = received[taken++]!
            if (message.type === type && fits(message as never)) {
              listeners.delete(look)
              resolve(message as never)
              return
            }
          }
          if (end) {
            listeners.delete(look)
            reject(new Error(`closed with ${end.code} ${end.reason} while waiting for "${type}"`))
          }
        }
        listeners.add(look)
        look()
      }),
    close: async () => {
      if (socket.readyState === WebSocket.CLOSED) return
      socket.close()
      await once(socket, 'close')
    },
  }
}
