import type { AddressInfo } from 'node:net'
import rateLimit from '@fastify/rate-limit'
import Fastify, { type FastifyInstance, LogController } from 'fastify'
import type { Logger } from 'pino'
import type { Origins } from '../origins.ts'
import type { Relay } from '../relay/relay.ts'
import { serveApp } from './app-files.ts'
import { guardOrigins } from './cross-origin.ts'
import { refusalAnswer, refusalOf, statusOf } from './refusal-answer.ts'
import { securityHeaders } from './security-headers.ts'
import { addSocketRoute, createSocketServer } from './socket-route.ts'
import { letRunOut } from './unread-body.ts'
import { routeUpgrades } from './upgrades.ts'
import { addWorkspaceRoutes } from './workspace-routes.ts'

/** Relay and app on one port. */
export interface HttpServer {
  /** Resolves with the port. Rejects with the system's error, for example `EADDRINUSE`. */
  listen(): Promise<number>
  port(): number
  /** Takes no new connections, and waits until the old ones ended, which `relay.close` has asked of them. */
  close(): Promise<void>
}

interface Deps {
  readonly relay: Relay
  readonly origins: Origins
  readonly logger: Logger
  /** The built app; only the relay is served where it holds none. */
  readonly appDirectory: string
  readonly host: string
  readonly port: number
  readonly trustProxy: boolean | readonly string[]
  readonly requestsPerMinute: number
}

const MAX_HEADER_BYTES = 16 * 1024
const REQUEST_WITHIN_MS = 120_000
/** Whoever has not taken note of the end by then is cut off. */
const END_WITHIN_MS = 1000

export const createHttpServer = async (deps: Deps): Promise<HttpServer> => {
  const { relay, logger } = deps
  const app = Fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }), // addresses name workspaces; what goes wrong is logged where it does
    trustProxy: typeof deps.trustProxy === 'boolean' ? deps.trustProxy : [...deps.trustProxy],
    forceCloseConnections: 'idle',
    requestTimeout: REQUEST_WITHIN_MS,
    routerOptions: { maxParamLength: 100 },
    http: { maxHeaderSize: MAX_HEADER_BYTES },
  }) as unknown as FastifyInstance

  app.addHook('onRequest', async (request, reply) => {
    reply.headers(securityHeaders(request.url.split('?')[0]!))
    reply.header('cache-control', 'no-store')
  })
  app.setErrorHandler(
    async (error: { statusCode?: number; code?: string; message: string }, request, reply) => {
      const refusal = refusalOf(error)
      const route = request.routeOptions.url
      if (refusal.code === 'internal')
        request.log.error({ route, code: error.code, message: error.message }, 'request failed')
      if (refusal.code === 'too-large') await letRunOut(request.raw)
      return reply.code(statusOf(refusal.code)).send(refusalAnswer(refusal))
    },
  )
  app.setNotFoundHandler((_request, reply) =>
    reply
      .code(statusOf('unknown-path'))
      .send(refusalAnswer({ code: 'unknown-path', message: 'There is nothing at this address.' })),
  )

  app.get('/healthz', async () => ({ ok: true }))
  app.get('/readyz', async (_request, reply) => {
    try {
      await relay.check()
      return { ok: true }
    } catch (error) {
      logger.error({ message: (error as Error).message }, 'not ready')
      const message = 'The relay cannot use its database now.'
      return reply.code(503).send(refusalAnswer({ code: 'internal', message }))
    }
  })

  const sockets = createSocketServer()
  await app.register(async workspaces => {
    await workspaces.register(rateLimit, { max: deps.requestsPerMinute, timeWindow: '1 minute' })
    guardOrigins(workspaces, deps.origins)
    addWorkspaceRoutes(workspaces, relay)
    addSocketRoute(workspaces, relay, sockets)
  })
  routeUpgrades(app, app.server)
  const serves = await serveApp(app, deps.appDirectory)
  if (!serves) logger.info({ directory: deps.appDirectory }, 'no built app here; serving the relay only')

  const port = (): number => (app.server.address() as AddressInfo | null)?.port ?? deps.port
  return {
    port,
    listen: async () => {
      await app.listen({ host: deps.host, port: deps.port })
      return port()
    },
    close: async () => {
      const impatient = setTimeout(() => {
        for (const socket of sockets.clients) socket.terminate()
        app.server.closeAllConnections()
      }, END_WITHIN_MS)
      await app.close()
      clearTimeout(impatient)
    },
  }
}
