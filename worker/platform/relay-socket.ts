/** The part of a WebSocket that a relay link uses; simulated in tests. */
export interface RelaySocket {
  send(bytes: Uint8Array): void
  close(): void
}

export interface RelaySocketHandlers {
  opened(): void
  received(bytes: Uint8Array): void
  /** Once, whatever ended it. `reason` is the relay's refusal code where it gave one. */
  closed(code: number, reason: string): void
}

export type OpenRelaySocket = (
  address: string,
  protocols: readonly string[],
  handlers: RelaySocketHandlers,
) => RelaySocket

export const openWebSocket: OpenRelaySocket = (address, protocols, handlers) => {
  const socket = new WebSocket(address, [...protocols])
  socket.binaryType = 'arraybuffer'
  let ended = false
  const end = (code: number, reason: string): void => {
    if (ended) return
    ended = true
    handlers.closed(code, reason)
  }
  socket.onopen = () => handlers.opened()
  socket.onmessage = ({ data }) => {
    if (!ended && data instanceof ArrayBuffer) handlers.received(new Uint8Array(data))
  }
  socket.onclose = ({ code, reason }) => end(code, reason)
  return {
    send: bytes => socket.send(new Uint8Array(bytes)),
    close: () => {
      end(1000, '')
      socket.close()
    },
  }
}
