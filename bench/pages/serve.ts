import { fastifyStatic } from '@fastify/static'
import { fastify } from 'fastify'
import type { Later } from '../support/ending.ts'

/** Serves the files of a folder on a free port of this machine. */
export const serve = async (folder: string, later: Later): Promise<number> => {
  const server = fastify({ forceCloseConnections: true })
  later(() => server.close())
  await server.register(fastifyStatic, { root: folder })
  return Number(new URL(await server.listen({ host: '127.0.0.1', port: 0 })).port)
}
