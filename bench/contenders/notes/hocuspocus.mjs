import { HocuspocusProvider, HocuspocusProviderWebsocket } from '@hocuspocus/provider'
import { WebSocket } from 'ws'
import { createYjsNotes } from './yjs-notes.mjs'

/** A Y.Doc for each note, all over one connection. @type {import('./types.d.ts').OpenDevice} */
export const openNotes = async port => {
  const socket = new HocuspocusProviderWebsocket({
    url: `ws://127.0.0.1:${port}`,
    WebSocketPolyfill: WebSocket,
  })
  const providers = []
  const connect = async (name, document) => {
    const provider = new HocuspocusProvider({ websocketProvider: socket, name, document, token: '' })
    providers.push(provider)
    const synced = new Promise(resolve => provider.on('synced', resolve))
    provider.attach()
    await synced
  }
  return {
    ...createYjsNotes(connect),
    goOffline: () =>
      new Promise(resolve => {
        socket.on('disconnect', resolve)
        socket.disconnect()
      }),
    goOnline: async () => void socket.connect(),
    close: async () => {
      for (const provider of providers) provider.destroy()
      socket.destroy()
    },
  }
}
