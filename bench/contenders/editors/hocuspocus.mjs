import { HocuspocusProvider, HocuspocusProviderWebsocket } from '@hocuspocus/provider'
import { WebSocket } from 'ws'
import * as Y from 'yjs'
import { newName, yjsEditor } from './yjs.mjs'

/** @type {import('./types.d.ts').OpenEditor} */
export const open = async (port, document) => {
  const name = document ?? newName()
  const doc = new Y.Doc()
  const socket = new HocuspocusProviderWebsocket({
    url: `ws://127.0.0.1:${port}`,
    WebSocketPolyfill: WebSocket,
  })
  const provider = new HocuspocusProvider({ websocketProvider: socket, name, document: doc, token: '' })
  const whenSynced = () =>
    new Promise(resolve => {
      const done = () => {
        provider.off('synced', done)
        resolve()
      }
      provider.on('synced', done)
    })
  provider.attach()
  await whenSynced()
  return yjsEditor({
    document: name,
    doc,
    goOffline: async () => socket.disconnect(),
    goOnline: async () => {
      const synced = whenSynced()
      void socket.connect()
      await synced
    },
    close: async () => {
      provider.destroy()
      socket.destroy()
    },
  })
}
