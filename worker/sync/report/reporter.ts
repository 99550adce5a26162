import { parseEnvelope } from '../../../protocol/envelope.ts'
import { type DocumentId, type EnvelopeId, HOME_DOCUMENT, VAULT_DOCUMENT } from '../../../protocol/ids.ts'
import type { ClientMessage, RelayMessage } from '../../../protocol/relay-messages.ts'
import type { Clock } from '../../platform/clock.ts'
import type { LinkState } from '../relay/relay-link.ts'
import { type Diary, shortId } from './diary.ts'

/** Puts what goes over the link into the diary. It reads headers, never what is sealed. */
export interface Reporter {
  linked(state: LinkState): void
  sent(message: ClientMessage): void
  received(message: RelayMessage): void
  setAside(document: DocumentId, reason: string): void
  queued(document: DocumentId): void
  delivered(document: DocumentId): void
}

const many = (count: number, one: string, more: string): string => `${count} ${count === 1 ? one : more}`
const nameOf = (document: DocumentId): string => {
  if (document === HOME_DOCUMENT) return 'the index'
  return document === VAULT_DOCUMENT ? 'the vault' : `note ${shortId(document)}`
}
const size = (bytes: number): string =>
  bytes < 1024 ? many(bytes, 'byte', 'bytes') : `${Math.round(bytes / 1024)} KB`
const sizeOf = (list: readonly Uint8Array[]): number => list.reduce((sum, { length }) => sum + length, 0)

const LINK: Readonly<Record<LinkState['phase'], string>> = {
  connecting: 'Connecting to the relay',
  open: 'Connected',
  waiting: 'No connection; trying again soon',
  stopped: 'Sync was stopped',
  refused: 'The relay refused the connection',
}

const SENT_KEPT = 1000

export const createReporter = (diary: Diary, clock: Pick<Clock, 'now'>): Reporter => {
  const underWay = new Map<EnvelopeId, number>()
  let phase: LinkState['phase'] | null = null

  const measure = (envelopes: readonly EnvelopeId[]): number | null => {
    const times = envelopes.flatMap(id => underWay.get(id) ?? [])
    for (const id of envelopes) underWay.delete(id)
    return times.length === 0 ? null : Math.max(0, clock.now() - Math.min(...times))
  }

  return {
    linked: state => {
      if (state.phase === phase) return
      phase = state.phase
      if (phase !== 'open') underWay.clear() // what was on its way then is sent again
      const why = state.phase === 'refused' ? ` (${state.refusal.code})` : ''
      diary.note(phase === 'refused' ? 'problem' : 'connection', LINK[phase] + why)
    },
    sent: message => {
      if (message.type === 'replace')
        diary.note(
          'sent',
          `Offered a snapshot of ${nameOf(message.document)} in place of ${many(message.replaced.length, 'change', 'changes')}`,
        )
      if (message.type !== 'append') return
      for (const envelope of message.envelopes) {
        const parsed = parseEnvelope(envelope)
        if (parsed.ok && underWay.size < SENT_KEPT) underWay.set(parsed.value.id, clock.now())
      }
      diary.note('sent', `Sent ${size(sizeOf(message.envelopes))} of ${nameOf(message.document)}`)
    },
    received: message => {
      switch (message.type) {
        case 'known': {
          const ms = measure(message.envelopes)
          if (ms !== null) diary.latency(ms)
          const after = ms === null ? '' : ` after ${ms} ms`
          diary.note('confirmed', `The relay has ${nameOf(message.document)} up to here${after}`)
          return
        }
        case 'content':
          if (message.entries.length === 0) return
          diary.note(
            'received',
            `Received ${many(message.entries.length, 'change', 'changes')} of ${nameOf(message.document)}, ${size(sizeOf(message.entries.map(({ envelope }) => envelope)))}`,
          )
          return
        case 'changed':
          if (message.documents.length > 0)
            diary.note('received', `${many(message.documents.length, 'document', 'documents')} changed`)
          return
        case 'access':
          diary.note('devices', 'The list of devices changed')
          return
        case 'slots':
          if (message.slots.length > 0)
            diary.note(
              'devices',
              `Heard how far ${many(message.slots.length, 'other device', 'other devices')} got`,
            )
          return
        case 'refused': {
          const what = message.document === null ? '' : ` of ${nameOf(message.document)}`
          diary.note('problem', `The relay refused something${what} (${message.code})`)
          return
        }
        case 'hello':
        case 'done':
        case 'ephemeral':
        case 'pong':
          return
      }
    },
    setAside: (document, reason) =>
      diary.note('problem', `Set aside a change of ${nameOf(document)} (${reason})`),
    queued: document => diary.note('queue', `The service worker holds ${nameOf(document)}`),
    delivered: document => diary.note('queue', `The service worker delivered ${nameOf(document)}`),
  }
}
