import * as Automerge from '@automerge/automerge'
import { Repo } from '@automerge/automerge-repo'
import { WebSocketClientAdapter } from '@automerge/automerge-repo-network-websocket'

/** @type {import('./types.d.ts').OpenEditor} */
export const open = async (port, document) => {
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
}
