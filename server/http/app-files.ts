import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import { cacheControl } from './security-headers.ts'

/** Serves the built app, where there is one. Only files that exist have an address: nothing falls back to the page. */
export const serveApp = async (app: FastifyInstance, directory: string): Promise<boolean> => {
  if (!existsSync(join(directory, 'index.html'))) return false
  await app.register(fastifyStatic, {
    root: directory,
    wildcard: false,
    cacheControl: false,
    setHeaders: (reply, path) => {
      reply.header('cache-control', cacheControl(path.slice(directory.length).replaceAll('\\', '/')))
    },
  })
  return true
}
