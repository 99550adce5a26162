import type { AddressInfo } from 'node:net'
import { connect, createServer, type Server, type Socket } from 'node:net'

/** The network between the devices and the relay, at an address that stays when the relay behind it changes. */
export interface NetworkProxy {
  readonly url: string
  /** Where connections go from now on. */
  leadTo(port: number): void
  /** Breaks every connection, as a pulled cable does, and takes no new one. */
  cut(): Promise<void>
  restore(): Promise<void>
  /** From now on passes nothing on over the connections that are open, and closes none. New ones work. */
  swallow(): void
  /** How many WebSockets are open through it now. */
  webSockets(): number
  /** How many were open at once at most. */
  mostWebSockets(): number
  /** Request lines of everything that passed, for example `GET /worker.js`. A WebSocket shows as its GET. */
  requests(): readonly string[]
  /** Bytes that passed in either direction since the proxy was started. */
  bytes(): number
  close(): Promise<void>
}

const UPGRADE = /^upgrade:\s*websocket/im
const REQUEST_LINE = /^([A-Z]+ \S+) HTTP\/1\.1\r$/gm

export const startProxy = async (): Promise<NetworkProxy> => {
  let target: number | null = null
  const sockets = new Set<Socket>()
  const webSockets = new Set<Socket>()
  const requests: string[] = []
  let bytes = 0
  let most = 0

  const note = (socket: Socket, chunk: Buffer): void => {
    if (webSockets.has(socket)) return // frames are no text
    const text = chunk.toString('latin1')
    for (const [, line] of text.matchAll(REQUEST_LINE)) if (line) requests.push(line)
    if (UPGRADE.test(text)) webSockets.add(socket)
    most = Math.max(most, webSockets.size)
  }

  const join = (client: Socket): void => {
    if (target === null) {
      client.resetAndDestroy()
      return
    }
    const relay = connect(target, '127.0.0.1')
    for (const [socket, other] of [
      [client, relay],
      [relay, client],
    ] as const) {
      sockets.add(socket)
      socket.on('data', chunk => {
        bytes += chunk.length
      })
      socket.on('error', () => other.destroy())
      socket.on('close', () => {
        sockets.delete(socket)
        webSockets.delete(socket)
        other.destroy()
      })
    }
    client.on('data', chunk => note(client, chunk))
    client.pipe(relay)
    relay.pipe(client)
  }

  let server: Server | null = null
  const listen = (port: number): Promise<number> =>
    new Promise((resolve, reject) => {
      const next = createServer(join)
      next.once('error', reject)
      next.listen(port, '127.0.0.1', () => {
        server = next
        resolve((next.address() as AddressInfo).port)
      })
    })
  const cut = (): Promise<void> =>
    new Promise(resolve => {
      const listening = server
      server = null
      if (listening) listening.close(() => resolve())
      else resolve()
      for (const socket of sockets) socket.resetAndDestroy()
    })

  const port = await listen(0)
  return {
    url: `http://localhost:${port}`,
    leadTo: next => {
      target = next
    },
    cut,
    restore: async () => {
      if (!server) await listen(port)
    },
    swallow: () => {
      for (const socket of sockets) socket.unpipe().resume()
    },
    webSockets: () => webSockets.size,
    mostWebSockets: () => most,
    requests: () => requests,
    bytes: () => bytes,
    close: cut,
  }
}
