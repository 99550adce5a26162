import { WebSocket } from 'ws'
import { WebsocketProvider } from 'y-websocket'
import * as Y from 'yjs'
import { createYjsNotes } from './yjs-notes.mjs'

const connecting = port => {
  const providers = []
  return {
    connect: async (name, doc) => {
      const provider = new WebsocketProvider(`ws://127.0.0.1:${port}`, name, doc, {
        disableBc: true,
        WebSocketPolyfill: WebSocket,
      })
      providers.push(provider)
      await new Promise(resolve => provider.once('sync', resolve))
    },
    goOffline: async () => {
      for (const provider of providers) provider.disconnect()
    },
    goOnline: async () => {
      for (const provider of providers) provider.connect()
    },
    close: async () => {
      for (const provider of providers) provider.destroy()
    },
  }
}

/** A Y.Doc and a connection for each note. @type {import('./types.d.ts').OpenDevice} */
export const openNotes = async port => {
  const { connect, ...connection } = connecting(port)
  return { ...createYjsNotes(connect), ...connection }
}

/** All notes in one Y.Doc. @type {import('./types.d.ts').OpenDevice} */
export const openOneDocument = async port => {
  const { connect, ...connection } = connecting(port)
  const doc = new Y.Doc()
  await connect('notes', doc)
  let made = 0
  return {
    ...connection,
    add: async content => {
      made += 1
      doc.getText(`note-${made}`).insert(0, content)
      return `note-${made}`
    },
    open: async () => {},
    insert: (note, at, content) => doc.getText(note).insert(at, content),
    remove: (note, at, count) => doc.getText(note).delete(at, count),
    text: note => doc.getText(note).toJSON(),
  }
}
