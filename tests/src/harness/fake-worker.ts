/// <reference lib="webworker" />
import { ChangeSet, Text } from '@codemirror/state'
import * as Comlink from 'comlink'
import { toBase64url } from '../../../protocol/bytes.ts'
import type { Command, Intent, Outcomes, TextUpdate } from '../../../protocol/commands.ts'
import { formatInvitation } from '../../../protocol/invitation-link.ts'
import { fail, ok, type Result } from '../../../protocol/result.ts'
import type {
  NoteRow,
  NotesValue,
  NoteValue,
  Place,
  SyncDetailsValue,
  SyncValue,
  TabMessage,
  TransferValue,
  ViewMessage,
  ViewRequest,
} from '../../../protocol/views.ts'
import { lifeLock, OWNER_LOCK, type WorkerApi } from '../../../protocol/worker-api.ts'
import { SYNC_OFF } from '../../support/sync-off.ts'
import { CONTROL_CHANNEL, type Control } from './control.ts'
import { type DiskNote, readDisk, writeDisk } from './fake-disk.ts'

/**
 * Speaks the worker's side of the protocol without Yjs, keys or network, so that the page can be tried by itself: an
 * authority over texts that refuses stale versions, a disk that can be held back, and a life that can end at once.
 */

interface Note {
  text: Text
  /** The version before the first of the updates. */
  first: number
  readonly updates: TextUpdate[]
  stored: number
  readonly counts: Map<string, number>
  place: Place | 'gone'
  readonly folder: string
  updated: number
}

interface Watcher {
  readonly port: MessagePort
  readonly watch: number
  readonly request: ViewRequest
  version: number
  /** How much of a note's updates it has. */
  ready: boolean
  dirty: boolean
}

const epoch = toBase64url(crypto.getRandomValues(new Uint8Array(16)))
const notes = new Map<string, Note>()
const watchers = new Set<Watcher>()
const waitingAnswers: (() => void)[] = []
let holdStorage = false
let holdAnswers = false
let transfer: TransferValue = null
let sync = SYNC_OFF

const newId = () => toBase64url(crypto.getRandomValues(new Uint8Array(16)))

const rowOf = (id: string, note: Note): NoteRow => {
  const lines = note.text
    .sliceString(0, 400)
    .split('\n')
    .map(line => line.replace(/^[#>\s*-]+|[*_`]/g, '').trim())
    .filter(Boolean)
  return {
    id,
    title: lines[0] ?? '',
    excerpt: lines.slice(1).join(' ').slice(0, 160),
    folder: note.folder,
    updated: note.updated,
  }
}

const notesValue = (request: Extract<ViewRequest, { view: 'notes' }>): NotesValue => {
  const here = [...notes].filter(([, note]) => note.place === request.place)
  const matching = here
    .filter(([, note]) => note.text.toString().toLowerCase().includes(request.filter.toLowerCase()))
    .sort(([, a], [, b]) => b.updated - a.updated)
  return {
    rows: matching.slice(0, request.limit).map(([id, note]) => rowOf(id, note)),
    total: matching.length,
    all: here.length,
  }
}

const firstVersion = () => Math.floor(Math.random() * 2 ** 40)
const versionOf = (note: Note) => note.first + note.updates.length

const noteValue = (note: Note): NoteValue => ({
  text: note.text.toString(),
  stored: note.stored,
  counts: Object.fromEntries(note.counts),
  place: note.place,
  folder: note.folder,
  present: 0,
})

const send = (watcher: Watcher, message: ViewMessage) => watcher.port.postMessage(message)

const NO_DETAILS: SyncDetailsValue = {
  relays: [],
  devices: [],
  queue: { waiting: [], held: [], remaining: 0 },
  setAside: [],
  charts: { latency: [], queue: [] },
  events: [],
}

/** The value of any view but a note's. */
const viewValue = (request: Exclude<ViewRequest, { view: 'note' }>) => {
  switch (request.view) {
    case 'notes':
      return notesValue(request)
    case 'sync':
      return sync
    case 'transfer':
      return transfer
    case 'receipt':
      return null
    case 'sync-details':
      return NO_DETAILS
    case 'storage':
      return { device: 'fake', kept: 0, loss: null }
    case 'recovered':
      return []
  }
}

const snapshot = (watcher: Watcher) => {
  const { request, watch } = watcher
  watcher.ready = false
  watcher.dirty = false
  if (request.view === 'note') {
    const note = notes.get(request.note)
    if (!note || note.place === 'gone')
      return send(watcher, {
        type: 'unavailable',
        watch,
        code: 'no-note',
        message: 'This note is not here any more.',
      })
    watcher.version = versionOf(note)
    return send(watcher, { type: 'snapshot', watch, epoch, version: watcher.version, value: noteValue(note) })
  }
  watcher.version += 1
  const value = viewValue(request)
  send(watcher, { type: 'snapshot', watch, epoch, version: watcher.version, value })
}

const delta = (watcher: Watcher) => {
  const { request, watch, version: from } = watcher
  watcher.ready = false
  watcher.dirty = false
  if (request.view === 'note') {
    const note = notes.get(request.note)!
    const { stored, place } = note
    const changes = { updates: note.updates.slice(from - note.first), stored, place }
    watcher.version = versionOf(note)
    return send(watcher, { type: 'delta', watch, epoch, from, to: watcher.version, changes })
  }
  watcher.version += 1
  const value = viewValue(request)
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

const isOf = (id: string) => (request: ViewRequest) =>
  request.view === 'notes' || (request.view === 'note' && request.note === id)

let writing = Promise.resolve()

const store = () => {
  if (holdStorage) return
  const versions = new Map([...notes].map(([id, note]) => [id, versionOf(note)]))
  const disk: DiskNote[] = [...notes]
    .filter(([, note]) => note.place !== 'gone')
    .map(([id, { text, folder, place, updated, counts }]) => ({
      id,
      counts: [...counts],
      text: text.toString(),
      folder,
      place: place as Place,
      updated,
    }))
  writing = writing.then(async () => {
    await writeDisk(disk)
    for (const [id, version] of versions) {
      const note = notes.get(id)
      if (!note || note.stored >= version) continue
      note.stored = version
      changed(request => request.view === 'note' && request.note === id)
    }
  })
}

const load = ({ id, text, folder, place, updated, counts = [] }: DiskNote) => {
  const first = firstVersion()
  notes.set(id, {
    text: Text.of(text.split('\n')),
    first,
    updates: [],
    stored: first,
    counts: new Map(counts),
    place,
    folder,
    updated,
  })
}

const apply = (id: string, updates: readonly TextUpdate[]) => {
  const note = notes.get(id)!
  for (const update of updates) {
    note.text = ChangeSet.fromJSON(update.changes).apply(note.text)
    note.updates.push(update)
    if (update.count !== undefined) note.counts.set(update.clientID, update.count)
  }
  note.updated = Date.now()
  changed(isOf(id))
  store()
}

const move = (id: string, place: Place | 'gone') => {
  const note = notes.get(id)
  if (!note) return fail('unknown-note', 'This note is not here any more.')
  note.place = place
  changed(isOf(id))
  store()
  return ok(null)
}

const setSync = (value: Partial<SyncValue>) => {
  sync = { ...sync, ...value }
  changed(request => request.view === 'sync')
}

const perform = async (intent: Intent): Promise<Result<Outcomes[Intent['type']]>> => {
  switch (intent.type) {
    case 'create-note': {
      const id = newId()
      load({ id, text: '', folder: intent.folder ?? '', place: 'notes', updated: Date.now() })
      changed(isOf(id))
      store()
      return ok({ note: id })
    }
    case 'edit-note': {
      const note = notes.get(intent.note)
      if (!note) return fail('unknown-note', 'This note is not here any more.')
      if (intent.version !== versionOf(note)) return ok({ accepted: false })
      const [first] = intent.updates
      if (first?.count !== undefined && first.count !== (note.counts.get(first.clientID) ?? 0) + 1)
        return ok({ accepted: false, outOfStep: true })
      apply(intent.note, intent.updates)
      const version = versionOf(note)
      if (holdAnswers) await new Promise<void>(resolve => waitingAnswers.push(resolve))
      return ok({ accepted: true, version })
    }
    case 'trash-note':
      return move(intent.note, 'trash')
    case 'restore-note':
      return move(intent.note, 'notes')
    case 'delete-note':
      return move(intent.note, 'gone')
    case 'empty-trash': {
      const doomed = [...notes].filter(([, note]) => note.place === 'trash')
      for (const [id] of doomed) move(id, 'gone')
      return ok({ deleted: doomed.length })
    }
    case 'import-notes': {
      for (const { path, file } of intent.sources) {
        const text = new TextDecoder().decode(await file.arrayBuffer())
        load({
          id: newId(),
          text,
          folder: path.split('/').slice(0, -1).join('/'),
          place: 'notes',
          updated: Date.now(),
        })
      }
      changed(request => request.view === 'notes')
      store()
      return ok({
        cancelled: false,
        added: intent.sources.length,
        updated: 0,
        unchanged: 0,
        failed: [{ path: 'Photos/beach.md', reason: 'It is not text.' }],
      })
    }
    case 'export-notes':
      return ok({ archive: new Blob(['zip'], { type: 'application/zip' }), notes: notes.size, missing: 0 })
    case 'turn-on-sync':
      if (intent.relay.includes('refuses')) return fail('operator-code-needed', 'This relay asks for a code.')
      setSync({ phase: 'synced', relay: intent.relay, syncedAt: Date.now() })
      return ok(null)
    case 'turn-off-sync':
      setSync({ phase: 'off', relay: null })
      return ok(null)
    case 'invite-device': {
      const workspace = `${'A'.repeat(42)}A`
      const link = formatInvitation(self.location.origin, {
        workspace,
        seed: new Uint8Array(32),
        relay: self.location.origin,
      })
      return ok({ link, expires: Date.now() + 24 * 3600_000 })
    }
    case 'join-workspace':
      setSync({ phase: 'synced', relay: self.location.origin, syncedAt: Date.now() })
      return ok({ notesBrought: notes.size })
    case 'restore-recovered':
    case 'delete-recovered':
    case 'dismiss-loss':
    case 'cancel-transfer':
    case 'retry-sync':
    case 'flush':
    case 'wake':
      return ok(null)
  }
}

const onTabMessage = (port: MessagePort, message: TabMessage) => {
  if (message.type === 'watch') {
    const { watch, request } = message
    const watcher = { port, watch, request, version: 0, ready: false, dirty: false }
    watchers.add(watcher)
    return snapshot(watcher)
  }
  const watcher = [...watchers].find(entry => entry.port === port && entry.watch === message.watch)
  if (!watcher) return
  if (message.type === 'unwatch') watchers.delete(watcher)
  else if (message.type === 'reset') snapshot(watcher)
  else {
    watcher.ready = true
    if (watcher.dirty) delta(watcher)
  }
}

const resend = (note: string) => {
  for (const watcher of watchers) {
    if (watcher.request.view === 'note' && watcher.request.note === note) snapshot(watcher)
  }
}

const control = (message: Control) => {
  switch (message.type) {
    case 'seed':
      for (const note of message.notes) load(note)
      changed(request => request.view === 'notes')
      return store()
    case 'edit': {
      const { length } = notes.get(message.note)!.text
      const changes = ChangeSet.of({ from: message.at, insert: message.insert }, length).toJSON()
      return apply(message.note, [{ clientID: 'other', changes }])
    }
    case 'sync':
      return setSync(message.value)
    case 'transfer':
      transfer = message.value
      return changed(request => request.view === 'transfer')
    case 'hold-storage':
      holdStorage = message.hold
      return store()
    case 'hold-answers':
      holdAnswers = message.hold
      for (const answer of waitingAnswers.splice(0)) answer()
      return
    case 'snapshot':
      return resend(message.note)
    case 'move': {
      const note = notes.get(message.note)!
      note.first = firstVersion()
      note.updates.length = 0
      note.stored = note.first
      return resend(message.note)
    }
    case 'die':
      return self.close()
  }
}

void navigator.locks.request(lifeLock(epoch), () => new Promise<never>(() => {}))
const owner = new Promise<void>(owned => {
  void navigator.locks.request(OWNER_LOCK, () => {
    owned()
    return new Promise<never>(() => {})
  })
})
const loaded = owner.then(readDisk).then(disk => disk.forEach(load))

const api: WorkerApi = {
  async connect(_hello, port) {
    await loaded
    const tab = port as MessagePort
    tab.onmessage = event => onTabMessage(tab, event.data as TabMessage)
    return ok({ epoch, build: 'harness', joined: true })
  },
  run: <I extends Intent>(command: Command<I>) =>
    perform(command.intent) as Promise<Result<Outcomes[I['type']]>>,
  async retire() {
    self.close()
    return ok(null)
  },
}

const scope = self as unknown as SharedWorkerGlobalScope
scope.onconnect = event => Comlink.expose(api, event.ports[0]!)

const channel = new BroadcastChannel(CONTROL_CHANNEL)
channel.onmessage = (event: MessageEvent<{ readonly id: string; readonly control: Control }>) => {
  if (!event.data.control) return
  void loaded.then(() => {
    channel.postMessage({ done: event.data.id })
    control(event.data.control)
  })
}
