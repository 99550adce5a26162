import * as Automerge from '@automerge/automerge'
import { Repo } from '@automerge/automerge-repo'
import { WebSocketClientAdapter } from '@automerge/automerge-repo-network-websocket'

/** A document for each note. @type {import('./types.d.ts').OpenDevice} */
export const openNotes = async port => {
  const adapter = new WebSocketClientAdapter(`ws://127.0.0.1:${port}`)
  const met = new Promise(resolve => adapter.once('peer-candidate', resolve))
  const repo = new Repo({ network: [adapter] })
  await met
  const handles = new Map()
  const edit = (note, at, count, content) =>
    handles.get(note).change(doc => Automerge.splice(doc, ['text'], at, count, content))
  return {
    add: async content => {
      const handle = repo.create({ text: content })
      handles.set(handle.url, handle)
      return handle.url
    },
    open: async note => {
      const handle = await repo.find(note)
      await handle.whenReady()
      handles.set(note, handle)
    },
    insert: (note, at, content) => edit(note, at, 0, content),
    remove: (note, at, count) => edit(note, at, count, ''),
    text: note => handles.get(note).doc().text,
    goOffline: async () => repo.networkSubsystem.disconnect(),
    goOnline: async () => repo.networkSubsystem.reconnect(),
    close: () => repo.shutdown(),
  }
}
