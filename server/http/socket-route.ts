import type { FastifyInstance, FastifyRequest } from 'fastify'
import { WebSocketServer } from 'ws'
import { MAX_MESSAGE_BYTES } from '../../protocol/limits.ts'
import { SUBPROTOCOL } from '../../protocol/relay-http.ts'
import type { Relay } from '../relay/relay.ts'
import { refusalAnswer, statusOf } from './refusal-answer.ts'
import { attachSocket } from './socket-session.ts'
import { upgradeOf } from './upgrades.ts'

const NO_SOCKET = { code: 'unknown-path', message: 'This address takes WebSocket connections only.' } as const

/** The token travels as a second subprotocol: browsers let a page set no header, and addresses end up in logs. */
const tokenOf = (request: FastifyRequest): string | null => {
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map(name => name.trim())
  return offered[0] === SUBPROTOCOL ? (offered[1] ?? null) : null
}

export const createSocketServer = (): WebSocketServer =>
  new WebSocketServer({
    noServer: true,
    perMessageDeflate: false, // what is sealed does not shrink
    // Above the limit, so that what is a little too large gets our close code; the rest gets 1009 from the library.
    maxPayload: 2 * MAX_MESSAGE_BYTES,
    handleProtocols: offered => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
  })

export const addSocketRoute = (app: FastifyInstance, relay: Relay, sockets: WebSocketServer): void => {
  app.get('/w/:workspace', (request: FastifyRequest<{ Params: { workspace: string } }>, reply) => {
    const upgrade = upgradeOf(request.raw)
    if (!upgrade) return reply.code(statusOf(NO_SOCKET.code)).send(refusalAnswer(NO_SOCKET))
    reply.hijack()
    reply.raw.detachSocket(upgrade.socket as Parameters<typeof reply.raw.detachSocket>[0])
    sockets.handleUpgrade(request.raw, upgrade.socket, upgrade.head, socket => {
      attachSocket(socket, upgrade.socket, connection =>
        relay.connect({
          workspace: request.params.workspace,
          token: tokenOf(request),
          origin: request.headers.origin ?? null,
          connection,
        }),
      )
    })
  })
}
