import { LocalNode } from 'cojson'
import { WasmCrypto } from 'cojson/crypto/WasmCrypto'
import { createWebSocketPeer } from 'cojson-transport-ws'
import { WebSocket } from 'ws'

/** A text for each note. @type {import('./types.d.ts').OpenDevice} */
export const openNotes = async port => {
  const crypto = await WasmCrypto.create()
  let websocket
  const connect = () => {
    websocket = new WebSocket(`ws://127.0.0.1:${port}`)
    return createWebSocketPeer({ id: 'server', role: 'server', websocket, expectPings: false })
  }
  const { node } = await LocalNode.withNewlyCreatedAccount({
    creationProps: { name: 'Somebody' },
    peers: [connect()],
    crypto,
  })
  const group = node.createGroup()
  group.addMember('everyone', 'writer')
  const texts = new Map()
  const now = note => texts.get(note).core.getCurrentContent()
  return {
    add: async content => {
      const text = group.createPlainText(content, null, 'private')
      texts.set(text.id, text)
      return text.id
    },
    open: async note => {
      const text = await node.load(note)
      if (text === 'unavailable') throw new Error('Jazz did not find the text.')
      texts.set(note, text)
    },
    insert: (note, at, content) => {
      if (at === 0) now(note).insertBefore(0, content, 'private')
      else now(note).insertAfter(at - 1, content, 'private')
    },
    remove: (note, at, count) => now(note).deleteRange({ from: at, to: at + count }, 'private'),
    text: note => now(note).toString(),
    goOffline: () =>
      new Promise(resolve => {
        websocket.addEventListener('close', resolve)
        websocket.close()
      }),
    goOnline: async () => node.syncManager.addPeer(connect()),
    close: async () => {
      node.gracefulShutdown()
      websocket.close()
    },
  }
}
