/// <reference lib="webworker" />
import { ChangeSet } from '@codemirror/state'
import * as Comlink from 'comlink'
import type { Command, Intent, Outcomes } from '../../../protocol/commands.ts'
import { formatInvitation } from '../../../protocol/invitation-link.ts'
import type { EditOutcome, Place, TextUpdate } from '../../../protocol/notes.ts'
import type { MadeInvitation, PeopleValue } from '../../../protocol/people.ts'
import { fail, ok, type Result } from '../../../protocol/result.ts'
import type { SyncDetailsValue, SyncValue } from '../../../protocol/sync.ts'
import type { TabMessage } from '../../../protocol/view-messages.ts'
import type { TransferValue, ViewRequest, WorkspaceRow } from '../../../protocol/views.ts'
import { lifeLock, OWNER_LOCK, type WorkerApi } from '../../../protocol/worker-api.ts'
import { SYNC_OFF } from '../../support/sync-off.ts'
import { CONTROL_CHANNEL, type Control } from './control.ts'
import { readDisk } from './fake-disk.ts'
import { createFakeNotes, FAKE_WORKSPACE, newId, notesValue, versionOf } from './fake-notes.ts'
import { createFakeViews, type PlainRequest } from './fake-views.ts'

/**
 * Speaks the worker's side of the protocol without Yjs, keys or network, so that the page can be tried by itself: an
 * authority over texts that refuses stale versions, a disk that can be held back, and a life that can end at once.
 */

const epoch = newId()
const waitingAnswers: (() => void)[] = []
let holdAnswers = false
let transfer: TransferValue = null
let sync = SYNC_OFF

const isOf = (id: string) => (request: ViewRequest) =>
  request.view === 'notes' || (request.view === 'note' && request.note === id)
const isList = (request: ViewRequest) => request.view === 'notes'
const isText = (id: string) => (request: ViewRequest) => request.view === 'note' && request.note === id

const notes = createFakeNotes({
  onChange: id => views.changed(id === null ? isList : isOf(id)),
  onStored: id => views.changed(isText(id)),
})

const relayAt = (origin: string) => ({ origin, trusted: false, phase: 'synced' }) as const

const NO_DETAILS: SyncDetailsValue = {
  relays: [],
  unused: [],
  devices: [],
  queue: { waiting: [], held: [], remaining: 0 },
  setAside: [],
  charts: { latency: [], queue: [] },
  events: [],
}

const WORKSPACES: readonly WorkspaceRow[] = [
  {
    id: FAKE_WORKSPACE,
    name: 'Personal',
    colour: 'green',
    kind: 'personal',
    current: true,
    sync: false,
    onlyHere: true,
    role: 'owner',
    devices: 1,
  },
]

const FAKE_ID = 'A'.repeat(43)

const PEOPLE: PeopleValue = {
  workspace: FAKE_ID,
  me: FAKE_ID,
  role: 'owner',
  people: [],
  invitations: [],
  sync: true,
  rotationDue: false,
  keysMissing: false,
}

const viewValue = (request: PlainRequest) => {
  switch (request.view) {
    case 'notes':
      return notesValue(notes.all, request)
    case 'sync':
      return sync
    case 'transfer':
      return transfer
    case 'receipt':
      return null
    case 'sync-details':
      return NO_DETAILS
    case 'storage':
      return { device: 'fake', kept: 0, renewed: null, loss: null }
    case 'recovered':
      return []
    case 'workspaces':
      return { rows: WORKSPACES }
    case 'vault':
      return { rows: [], sealedBy: 'device', writable: true, sealing: null }
    case 'people':
      return PEOPLE
  }
}

const edit = async (
  id: string,
  version: number,
  updates: readonly TextUpdate[],
): Promise<Result<EditOutcome>> => {
  const note = notes.all.get(id)
  if (!note) return fail('unknown-note', 'This note is not here any more.')
  if (version !== versionOf(note)) return ok({ accepted: false })
  const [first] = updates
  if (first?.count !== undefined && first.count !== (note.counts.get(first.clientID) ?? 0) + 1)
    return ok({ accepted: false, outOfStep: true })
  notes.apply(id, updates)
  const to = versionOf(note)
  if (holdAnswers) await new Promise<void>(resolve => waitingAnswers.push(resolve))
  return ok({ accepted: true, version: to })
}

const views = createFakeViews({ epoch, notes: () => notes.all, viewOf: viewValue, edit })

const move = (id: string, place: Place | 'gone') =>
  notes.move(id, place) ? ok(null) : fail('unknown-note', 'This note is not here any more.')

const setSync = (value: Partial<SyncValue>) => {
  sync = { ...sync, ...value }
  views.changed(request => request.view === 'sync')
}

const madeInvitation = (): MadeInvitation => ({
  invitation: FAKE_ID,
  link: formatInvitation(self.location.origin, {
    workspace: FAKE_ID,
    seed: new Uint8Array(32),
    relay: self.location.origin,
  }),
  expires: Date.now() + 24 * 3600_000,
  relay: self.location.origin,
  workspace: FAKE_ID,
  workspaceWords: '',
  words: null,
})

const perform = async ({ id, intent }: Command): Promise<Result<Outcomes[Intent['type']]>> => {
  switch (intent.type) {
    case 'create-note':
      notes.add([{ id, text: '', folder: intent.folder ?? '', place: 'notes', updated: Date.now() }])
      return ok({ note: id })
    case 'find-note':
      return ok({ workspace: null })
    case 'turn-on-lock':
    case 'turn-off-lock':
    case 'change-passphrase':
    case 'set-lock-idle':
    case 'lock-now':
    case 'active':
      return ok(null)
    case 'trash-note':
      return move(intent.note, 'trash')
    case 'restore-note':
      return move(intent.note, 'notes')
    case 'delete-note':
      return move(intent.note, 'gone')
    case 'empty-trash': {
      const doomed = [...notes.all].filter(([, note]) => note.place === 'trash')
      for (const [id] of doomed) move(id, 'gone')
      return ok({ deleted: doomed.length })
    }
    case 'import-notes': {
      const added = await Promise.all(
        intent.sources.map(async ({ path, file }) => ({
          id: newId(),
          text: new TextDecoder().decode(await file.arrayBuffer()),
          folder: path.split('/').slice(0, -1).join('/'),
          place: 'notes' as const,
          updated: Date.now(),
        })),
      )
      notes.add(added)
      return ok({
        cancelled: false,
        added: intent.sources.length,
        updated: 0,
        unchanged: 0,
        failed: [{ path: 'Photos/beach.md', reason: 'It is not text.' }],
      })
    }
    case 'export-notes':
      return ok({
        archive: new Blob(['zip'], { type: 'application/zip' }),
        notes: notes.all.size,
        missing: 0,
      })
    case 'turn-on-sync':
      if (intent.relay.includes('refuses')) return fail('operator-code-needed', 'This relay asks for a code.')
      setSync({ phase: 'synced', relay: intent.relay, relays: [relayAt(intent.relay)], syncedAt: Date.now() })
      return ok(null)
    case 'turn-off-sync':
      setSync({ phase: 'off', relay: null, relays: [] })
      return ok(null)
    case 'create-invitation':
    case 'create-recovery-key':
      return ok(madeInvitation())
    case 'look-at-invitation':
      return ok({
        workspace: FAKE_ID,
        workspaceName: 'The boat',
        from: 'Ann',
        role: null,
        person: 'Ann',
        isRecovery: false,
        members: ['Ann'],
        alreadyMember: false,
        relay: self.location.origin,
      })
    case 'revoke-invitation':
    case 'set-role':
    case 'remove-member':
    case 'rotate-keys':
      return ok({ told: true })
    case 'join-workspace':
      setSync({ phase: 'synced', relay: self.location.origin, syncedAt: Date.now() })
      return ok({ notesBrought: notes.all.size })
    case 'create-workspace':
      return ok({ workspace: FAKE_WORKSPACE })
    case 'leave-workspace':
      return ok({ notesKept: 0, told: 'now' })
    case 'transfer-notes':
      return ok({ notes: intent.notes })
    case 'delete-workspace':
    case 'switch-workspace':
    case 'change-workspace':
    case 'rename-device':
    case 'restore-recovered':
    case 'delete-recovered':
    case 'dismiss-loss':
    case 'cancel-transfer':
    case 'add-relay':
    case 'remove-relay':
    case 'retry-sync':
    case 'flush':
    case 'wake':
      return ok(null)
    case 'vault-save':
    case 'vault-reveal':
    case 'vault-delete':
    case 'vault-restore':
    case 'vault-erase':
    case 'vault-export':
    case 'vault-import':
      return fail('no-entry', 'This worker keeps no vault.')
  }
}

const control = (message: Control) => {
  switch (message.type) {
    case 'seed':
      return notes.add(message.notes)
    case 'edit': {
      const { length } = notes.all.get(message.note)!.text
      const changes = ChangeSet.of({ from: message.at, insert: message.insert }, length).toJSON()
      return notes.apply(message.note, [{ clientID: 'other', changes }])
    }
    case 'sync':
      return setSync(message.value)
    case 'transfer':
      transfer = message.value
      return views.changed(request => request.view === 'transfer')
    case 'hold-storage':
      return notes.hold(message.hold)
    case 'hold-answers':
      holdAnswers = message.hold
      for (const answer of waitingAnswers.splice(0)) answer()
      return
    case 'snapshot':
      return views.resend(message.note)
    case 'move':
      notes.forgetUpdates(message.note)
      return views.resend(message.note)
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
const loaded = owner.then(readDisk).then(disk => disk.forEach(notes.load))

const api: WorkerApi = {
  async connect(_hello, port) {
    await loaded
    const tab = port as MessagePort
    tab.onmessage = event => views.received(tab, event.data as TabMessage)
    return ok({ epoch, build: 'harness', joined: true })
  },
  run: <I extends Intent>(command: Command<I>) => perform(command) as Promise<Result<Outcomes[I['type']]>>,
  unlock: async () => ok(null),
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
