import type { FastifyInstance } from 'fastify'
import { OPERATOR_CODE_HEADER } from '../../protocol/relay-http.ts'
import type { Origins } from '../origins.ts'
import { refusalAnswer, statusOf } from './refusal-answer.ts'

const HOUR_SECONDS = 3600

/** Lets pages of allowed origins use the relay (CORS) and turns others away. WebSockets are told by a close code. */
export const guardOrigins = (app: FastifyInstance, origins: Pick<Origins, 'isAllowed'>): void => {
  app.addHook('onRequest', async (request, reply) => {
    const { origin } = request.headers
    reply.header('vary', 'Origin')
    if (origin === undefined || request.headers.upgrade !== undefined) return
    if (!origins.isAllowed(origin)) {
      const message = 'This relay does not answer pages of this origin.'
      return reply.code(statusOf('origin')).send(refusalAnswer({ code: 'origin', message }))
    }
    reply.header('access-control-allow-origin', origin)
    reply.header('access-control-expose-headers', 'date') // by which a device notices that its clock is wrong
  })
  app.options('/w/*', async (_request, reply) =>
    reply
      .code(204)
      .header('access-control-allow-methods', 'GET, PUT, POST, DELETE')
      .header('access-control-allow-headers', `authorization, content-type, ${OPERATOR_CODE_HEADER}`)
      .header('access-control-max-age', String(HOUR_SECONDS))
      .send(),
  )
}
