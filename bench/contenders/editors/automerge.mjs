import { createServer } from 'node:http'
import * as Automerge from '@automerge/automerge'
import { Repo } from '@automerge/automerge-repo'
import { WebSocketClientAdapter, WebSocketServerAdapter } from '@automerge/automerge-repo-network-websocket'
import { NodeFSStorageAdapter } from '@automerge/automerge-repo-storage-nodefs'
import { WebSocketServer } from 'ws'

/** @type {import('./types.d.ts').Contender} */
export default {
  name: 'Automerge Repo',
  packages: ['@automerge/automerge-repo', '@automerge/automerge'],
  // As its own sync server does: shares with whoever asks for a document, offers nothing by itself.
  serve: async folder => {
    const server = createServer()
    const sockets = new WebSocketServer({ server })
    const repo = new Repo({
      network: [new WebSocketServerAdapter(sockets)],
      storage: new NodeFSStorageAdapter(folder),
      peerId: 'server',
      sharePolicy: async () => false,
    })
    // It hears of connections only from then on.
    await repo.storageId()
    await new Promise(setImmediate)
    await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
    return server.address().port
  },
  open: async (port, document) => {
    const adapter = new WebSocketClientAdapter(`ws://127.0.0.1:${port}`)
    const met = new Promise(resolve => adapter.once('peer-candidate', resolve))
    const repo = new Repo({ network: [adapter] })
    await met
    const handle = document === null ? repo.create({ text: '' }) : await repo.find(document)
    await handle.whenReady()
    const edit = (at, count, content) =>
      handle.change(doc => Automerge.splice(doc, ['text'], at, count, content))
    return {
      document: handle.url,
      insert: (at, content) => edit(at, 0, content),
      remove: (at, count) => edit(at, count, ''),
      text: () => handle.doc().text,
      onChange: listener => void handle.on('change', listener),
      goOffline: async () => repo.networkSubsystem.disconnect(),
      goOnline: async () => {
        const again = new Promise(resolve => adapter.once('peer-candidate', resolve))
        repo.networkSubsystem.reconnect()
        await again
      },
      close: () => repo.shutdown(),
    }
  },
}
