import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { isDocumentId } from '../../protocol/ids.ts'
import { MAX_MESSAGE_BYTES } from '../../protocol/limits.ts'
import { ACCESS_TYPE, CBOR_TYPE, OPERATOR_CODE_HEADER } from '../../protocol/relay-http.ts'
import { type Answer, refuse } from '../refusal.ts'
import type { LogQuery } from '../relay/log-desk.ts'
import type { Relay } from '../relay/relay.ts'
import { refusalAnswer, statusOf } from './refusal-answer.ts'
import { letRunOut } from './unread-body.ts'

type InWorkspace = FastifyRequest<{ Params: { workspace: string } }>

const LIMIT = 100
const MAX_LIMIT = 1000

const bearerOf = (request: FastifyRequest): string | null =>
  /^Bearer ([\w.-]+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? null

const countOf = (value: unknown, otherwise: number): number | null => {
  if (value === undefined) return otherwise
  const count = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN
  return Number.isSafeInteger(count) ? count : null
}

const logQuery = (query: unknown): Answer<LogQuery> => {
  const { after, document, limit } = query as Record<string, unknown>
  const from = countOf(after, 0)
  const most = countOf(limit, LIMIT)
  if (from === null || most === null || most === 0)
    return refuse('malformed', 'The address names "after" or "limit" with something that is no whole number.')
  if (document !== undefined && !isDocumentId(document))
    return refuse('malformed', 'The address names a "document" that is no id of one.')
  return { ok: true, value: { after: from, document: document ?? null, limit: Math.min(most, MAX_LIMIT) } }
}

const answer = (reply: FastifyReply, result: Answer<unknown>, status = 200): FastifyReply =>
  result.ok
    ? reply.code(status).send(result.value)
    : reply.code(statusOf(result.error.code)).send(refusalAnswer(result.error))

const UNREADABLE = refuse('malformed', 'The body is missing or of another type than this address takes.')

/** The relay's side that needs no open connection. */
export const addWorkspaceRoutes = (app: FastifyInstance, relay: Relay): void => {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(CBOR_TYPE, { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  app.addContentTypeParser(ACCESS_TYPE, { parseAs: 'string' }, (_request, body, done) => done(null, body))
  app.addContentTypeParser('*', (_request, _body, done) => done(null, null))

  /** Nobody gets room in memory before they have shown their token, as on a connection. */
  const admitWriters = async (request: InWorkspace, reply: FastifyReply): Promise<unknown> => {
    const admitted = await relay.log.admits(request.params.workspace, bearerOf(request))
    if (admitted.ok) return
    await letRunOut(request.raw)
    return answer(reply, admitted)
  }

  app.post<{ Params: { workspace: string } }>(
    '/w/:workspace/log',
    { bodyLimit: MAX_MESSAGE_BYTES, onRequest: admitWriters },
    async (request, reply) => {
      const { body } = request
      if (!(body instanceof Uint8Array)) return answer(reply, UNREADABLE)
      return answer(reply, await relay.log.append(request.params.workspace, bearerOf(request), body))
    },
  )

  app.get('/w/:workspace/log', async (request: InWorkspace, reply) => {
    const query = logQuery(request.query)
    if (!query.ok) return answer(reply, query)
    return answer(reply, await relay.log.read(request.params.workspace, bearerOf(request), query.value))
  })

  app.get('/w/:workspace/access', async (request: InWorkspace, reply) =>
    answer(reply, await relay.access.read(request.params.workspace, bearerOf(request))),
  )

  app.put('/w/:workspace/access', { bodyLimit: MAX_MESSAGE_BYTES }, async (request: InWorkspace, reply) => {
    const { body } = request
    if (typeof body !== 'string' && !(body instanceof Uint8Array)) return answer(reply, UNREADABLE)
    const header = request.headers[OPERATOR_CODE_HEADER]
    const code = typeof header === 'string' ? header : null
    const { workspace } = request.params
    const written = await relay.access.write(workspace, body, code, bearerOf(request))
    return answer(reply, written, written.ok && written.made ? 201 : 200)
  })

  app.delete('/w/:workspace', async (request: InWorkspace, reply) =>
    answer(reply, await relay.deletion.remove(request.params.workspace, bearerOf(request)), 204),
  )
}
