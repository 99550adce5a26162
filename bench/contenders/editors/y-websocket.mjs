import { mkdirSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { WebSocketServer } from 'ws'
import { WebsocketProvider } from 'y-websocket'
import * as Y from 'yjs'

/** @typedef {import('./types.d.ts').Contender} Contender */

/** @param {import('node:http').Server} server @returns {Promise<number>} */
const listening = server =>
  new Promise(resolve =>
    server.listen(0, '127.0.0.1', () =>
      resolve(/** @type {import('node:net').AddressInfo} */ (server.address()).port),
    ),
  )

/** Keeps all in memory. With a folder, as people run it who want to keep it: y-leveldb. */
const serve = async folder => {
  mkdirSync(folder, { recursive: true })
  process.env.YPERSISTENCE = join(folder, 'leveldb')
  const { setupWSConnection } = await import('@y/websocket-server/utils')
  const server = createServer()
  new WebSocketServer({ server }).on('connection', setupWSConnection)
  return listening(server)
}

/**
 * @param {number} port
 * @param {string | null} document
 * @param {number} batchMs 0 sends each change as it is made, as y-websocket does by itself
 */
const openYjs = async (port, document, batchMs) => {
  const name = document ?? `text-${Math.random().toString(36).slice(2)}`
  const doc = new Y.Doc()
  // The document that the provider sends: with a batch window, what was typed comes to it in one piece.
  const wire = batchMs === 0 ? doc : new Y.Doc()
  let waiting = []
  let timer = null
  if (batchMs > 0) {
    wire.on('update', (update, origin) => origin !== 'own' && Y.applyUpdate(doc, update, 'wire'))
    doc.on('update', (update, origin) => {
      if (origin === 'wire') return
      waiting.push(update)
      timer ??= setTimeout(() => {
        const batch = Y.mergeUpdates(waiting)
        waiting = []
        timer = null
        Y.applyUpdate(wire, batch, 'own')
      }, batchMs)
    })
  }
  const provider = new WebsocketProvider(`ws://127.0.0.1:${port}`, name, wire, {
    disableBc: true,
    WebSocketPolyfill: (await import('ws')).WebSocket,
  })
  await new Promise(resolve => provider.on('sync', is => is && resolve()))
  const text = doc.getText('text')
  return {
    document: name,
    insert: (at, content) => text.insert(at, content),
    remove: (at, count) => text.delete(at, count),
    text: () => text.toJSON(),
    onChange: listener => text.observe((_event, { local }) => local || listener()),
    goOffline: async () => provider.disconnect(),
    goOnline: () =>
      new Promise(resolve => {
        provider.once('sync', resolve)
        provider.connect()
      }),
    close: async () => {
      if (timer !== null) clearTimeout(timer)
      provider.destroy()
    },
  }
}

/** @type {Contender} */
export default {
  name: 'y-websocket',
  packages: ['y-websocket', '@y/websocket-server', 'y-leveldb'],
  serve,
  open: (port, document, batchMs) => openYjs(port, document, batchMs),
}
