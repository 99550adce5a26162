import { join } from 'node:path'
import { type NetworkProxy, startProxy } from '../../tests/support/browser/proxy.ts'
import type { Later } from '../support/ending.ts'
import { folderFor } from '../support/folder.ts'
import { buildPage } from './build-page.ts'
import { serve } from './serve.ts'

/** Builds the pages of a folder of the bench and serves them, through a network that can be cut. */
export const servePages = async (name: string, later: Later): Promise<NetworkProxy> => {
  const out = await folderFor(later)
  await buildPage(join(import.meta.dirname, '..', name), out)
  const proxy = await startProxy()
  later(() => proxy.close())
  proxy.leadTo(await serve(out, later))
  return proxy
}
