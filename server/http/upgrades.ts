import { type IncomingMessage, type Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { FastifyInstance } from 'fastify'

interface Upgrade {
  readonly socket: Duplex
  readonly head: Buffer
}

const upgrades = new WeakMap<IncomingMessage, Upgrade>()

/** What the handshake of a WebSocket is done with; undefined for an ordinary request. */
export const upgradeOf = (request: IncomingMessage): Upgrade | undefined => upgrades.get(request)

/**
 * Sends requests for a WebSocket through the same routes, limits and refusals as all others. A route that does not
 * take them over answers them like any request, and the socket is closed after it.
 */
export const routeUpgrades = (app: FastifyInstance, server: Server): void => {
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    upgrades.set(request, { socket, head })
    const response = new ServerResponse(request)
    try {
      response.assignSocket(socket as Parameters<ServerResponse['assignSocket']>[0])
      response.shouldKeepAlive = false
      response.on('finish', () => {
        if (response.socket) socket.end()
      })
      app.routing(request, response)
    } catch {
      socket.destroy() // it was closed before it could be answered
    }
  })
}
