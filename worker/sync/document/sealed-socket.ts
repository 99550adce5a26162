/** What stands behind sealed sockets: it plays the Yjs server for the provider above. */
export interface SealedServer {
  /** A provider wants to connect. The socket stays CONNECTING until it is opened. */
  attached(socket: SealedSocket): void
  /** A y-websocket message from the provider. */
  sent(socket: SealedSocket, message: Uint8Array): void
  /** The provider closed it. */
  detached(socket: SealedSocket): void
}

export interface SealedSocket {
  open(): void
  /** Hands a y-websocket message to the provider. */
  deliver(message: Uint8Array): void
  /** Ends it from below, as a lost connection does. */
  drop(): void
}

type Handler<E> = ((event: E) => void) | null

const LOST = 1006

/**
 * A WebSocket-shaped class for one document, to be given to y-websocket as `WebSocketPolyfill`. It opens no
 * connection of its own: many of them share the link to the relay.
 */
export const createSealedSocketClass = (server: SealedServer): typeof WebSocket => {
  class Socket implements SealedSocket {
    static readonly CONNECTING = 0
    static readonly OPEN = 1
    static readonly CLOSING = 2
    static readonly CLOSED = 3
    readonly CONNECTING = 0
    readonly OPEN = 1
    readonly CLOSING = 2
    readonly CLOSED = 3
    readyState = 0
    binaryType = 'arraybuffer'
    onopen: Handler<object> = null
    onmessage: Handler<{ data: ArrayBuffer }> = null
    onclose: Handler<{ code: number; reason: string }> = null
    onerror: Handler<object> = null

    constructor() {
      // The provider sets its handlers after the constructor has returned.
      queueMicrotask(() => this.readyState === this.CONNECTING && server.attached(this))
    }

    open(): void {
      if (this.readyState !== this.CONNECTING) return
      this.readyState = this.OPEN
      this.onopen?.({})
    }

    deliver(message: Uint8Array): void {
      if (this.readyState !== this.OPEN) return
      this.onmessage?.({ data: new Uint8Array(message).buffer })
    }

    drop(): void {
      if (this.readyState === this.CLOSED) return
      this.readyState = this.CLOSED
      this.onclose?.({ code: LOST, reason: '' })
    }

    send(message: Uint8Array): void {
      if (this.readyState === this.OPEN) server.sent(this, message)
    }

    close(): void {
      if (this.readyState === this.CLOSED) return
      this.readyState = this.CLOSED
      server.detached(this)
      this.onclose?.({ code: 1000, reason: '' })
    }
  }
  return Socket as unknown as typeof WebSocket
}
