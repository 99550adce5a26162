import { WebSocket } from 'ws'
import { WebsocketProvider } from 'y-websocket'
import * as Y from 'yjs'
import { newName, yjsEditor } from './yjs.mjs'

/** A second document for the provider, to which what is typed comes in one piece every `batchMs`. */
const behindBatches = (doc, batchMs) => {
  const wire = new Y.Doc()
  let waiting = []
  let timer = null
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
  return { wire, stop: () => clearTimeout(timer) }
}

/** @type {import('./types.d.ts').OpenEditor} */
export const open = async (port, document, batchMs) => {
  const name = document ?? newName()
  const doc = new Y.Doc()
  // Without a batch window each change is sent as it is made, as y-websocket does by itself.
  const { wire, stop } = batchMs === 0 ? { wire: doc, stop: () => {} } : behindBatches(doc, batchMs)
  const provider = new WebsocketProvider(`ws://127.0.0.1:${port}`, name, wire, {
    disableBc: true,
    WebSocketPolyfill: WebSocket,
  })
  await new Promise(resolve => provider.on('sync', is => is && resolve()))
  return yjsEditor({
    document: name,
    doc,
    goOffline: async () => provider.disconnect(),
    goOnline: () =>
      new Promise(resolve => {
        provider.once('sync', resolve)
        provider.connect()
      }),
    close: async () => {
      stop()
      provider.destroy()
    },
  })
}
