import type { EditOutcome, NotesValue, TextUpdate } from '../../../protocol/notes.ts'
import type { Result } from '../../../protocol/result.ts'
import type { TabMessage, ViewMessage } from '../../../protocol/view-messages.ts'
import type { ViewRequest } from '../../../protocol/views.ts'
import { type FakeNotes, noteValue, versionOf } from './fake-notes.ts'

interface Watcher {
  readonly port: MessagePort
  readonly watch: number
  readonly request: ViewRequest
  version: number
  /** How much of a note's updates it has. */
  ready: boolean
  dirty: boolean
}

export type PlainRequest = Exclude<ViewRequest, { view: 'note' }>

interface Deps {
  readonly epoch: string
  readonly notes: () => FakeNotes['all']
  /** The value of any view but a note's. */
  readonly viewOf: (request: PlainRequest) => unknown
  readonly edit: (
    note: string,
    version: number,
    updates: readonly TextUpdate[],
  ) => Promise<Result<EditOutcome>>
}

/** Snapshots and deltas for every tab that watches something. */
export const createFakeViews = ({ epoch, notes, viewOf, edit }: Deps) => {
  const watchers = new Set<Watcher>()
  const send = ({ port }: Watcher, message: ViewMessage): void => port.postMessage(message)

  const snapshot = (watcher: Watcher) => {
    const { request, watch } = watcher
    watcher.ready = false
    watcher.dirty = false
    if (request.view === 'note') {
      const note = notes().get(request.note)
      if (!note || note.place === 'gone')
        return send(watcher, {
          type: 'unavailable',
          watch,
          code: 'no-note',
          message: 'This note is not here any more.',
        })
      watcher.version = versionOf(note)
      return send(watcher, {
        type: 'snapshot',
        watch,
        epoch,
        version: watcher.version,
        value: noteValue(note),
      })
    }
    watcher.version += 1
    const value = viewOf(request)
    send(watcher, { type: 'snapshot', watch, epoch, version: watcher.version, value })
  }

  const delta = (watcher: Watcher) => {
    const { request, watch, version: from } = watcher
    watcher.ready = false
    watcher.dirty = false
    if (request.view === 'note') {
      const note = notes().get(request.note)!
      const { stored, place } = note
      const changes = { updates: note.updates.slice(from - note.first), stored, place }
      watcher.version = versionOf(note)
      return send(watcher, { type: 'delta', watch, epoch, from, to: watcher.version, changes })
    }
    watcher.version += 1
    const value = viewOf(request)
    const changes =
      request.view === 'notes'
        ? { ...(value as NotesValue), order: (value as NotesValue).rows.map(row => row.id) }
        : value
    send(watcher, { type: 'delta', watch, epoch, from, to: watcher.version, changes })
  }

  const changed = (what: (request: ViewRequest) => boolean) => {
    for (const watcher of watchers) {
      if (!what(watcher.request)) continue
      if (watcher.ready) delta(watcher)
      else watcher.dirty = true
    }
  }

  return {
    changed,
    /** Sends a note's whole text again. */
    resend: (note: string): void => {
      for (const watcher of watchers) {
        if (watcher.request.view === 'note' && watcher.request.note === note) snapshot(watcher)
      }
    },
    received: (port: MessagePort, message: TabMessage) => {
      if (message.type === 'seen') return
      if (message.type === 'watch') {
        const { watch, request } = message
        const watcher = { port, watch, request, version: 0, ready: false, dirty: false }
        watchers.add(watcher)
        return snapshot(watcher)
      }
      const watcher = [...watchers].find(entry => entry.port === port && entry.watch === message.watch)
      if (!watcher) return
      if (message.type === 'edit') {
        const { request, watch } = watcher
        if (request.view !== 'note') return
        void edit(request.note, message.version, message.updates).then(result =>
          send(watcher, { type: 'edited', watch, result }),
        )
      } else if (message.type === 'unwatch') watchers.delete(watcher)
      else if (message.type === 'reset') snapshot(watcher)
      else {
        watcher.ready = true
        if (watcher.dirty) delta(watcher)
      }
    },
  }
}
