import { LocalNode } from 'cojson'
import { WasmCrypto } from 'cojson/crypto/WasmCrypto'
import { createWebSocketPeer } from 'cojson-transport-ws'
import { WebSocket } from 'ws'

/** @type {import('./types.d.ts').OpenEditor} */
export const open = async (port, document) => {
  const crypto = await WasmCrypto.create()
  let websocket
  const connect = () => {
    websocket = new WebSocket(`ws://127.0.0.1:${port}`)
    return createWebSocketPeer({ id: 'server', role: 'server', websocket, expectPings: false })
  }
  const peer = connect()
  const { node } = await LocalNode.withNewlyCreatedAccount({
    creationProps: { name: 'Somebody' },
    peers: [peer],
    crypto,
  })
  const made = () => {
    const group = node.createGroup()
    group.addMember('everyone', 'writer')
    return group.createPlainText('', null, 'private')
  }
  const opened = document === null ? made() : await node.load(document)
  if (opened === 'unavailable') throw new Error('Jazz did not find the text.')
  const now = () => opened.core.getCurrentContent()
  let own = 0
  return {
    document: opened.id,
    insert: (at, content) => {
      own += 1
      const text = now()
      if (at === 0) text.insertBefore(0, content, 'private')
      else text.insertAfter(at - 1, content, 'private')
      own -= 1
    },
    remove: (at, count) => {
      own += 1
      now().deleteRange({ from: at, to: at + count }, 'private')
      own -= 1
    },
    text: () => now().toString(),
    onChange: listener => opened.core.subscribe(() => own === 0 && listener()),
    goOffline: async () => websocket.close(),
    goOnline: async () => {
      node.syncManager.addPeer(connect())
      await new Promise(resolve => websocket.addEventListener('open', resolve))
    },
    close: async () => {
      await node.syncManager.waitForAllCoValuesSync?.(5_000)
      node.gracefulShutdown()
      websocket.close()
    },
  }
}
