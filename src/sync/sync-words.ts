import type { Role } from '../../protocol/access/acts.ts'
import { type DocumentId, HOME_DOCUMENT, VAULT_DOCUMENT } from '../../protocol/ids.ts'
import type {
  DeviceFacts,
  ReceiptValue,
  RelayFacts,
  SyncEventKind,
  SyncFacts,
  SyncPhase,
} from '../../protocol/sync.ts'
import type { Pending } from '../editor/unstored-edits.ts'
import { REFUSED_WORDS, type Tone } from './status-line.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

export const many = (count: number, one: string, more: string): string =>
  `${count} ${count === 1 ? one : more}`

/** How long something lasted or is ago: `a moment`, `5 minutes`, `3 hours`, `12 days`. */
const span = (ms: number): string => {
  if (ms < MINUTE) return 'a moment'
  if (ms < HOUR) return many(Math.floor(ms / MINUTE), 'minute', 'minutes')
  if (ms < DAY) return many(Math.floor(ms / HOUR), 'hour', 'hours')
  return many(Math.floor(ms / DAY), 'day', 'days')
}

export const ago = (time: number, now: number): string =>
  now - time < MINUTE ? 'just now' : `${span(now - time)} ago`

/** Enough of an id to tell it from the others, in groups that can be read out. */
export const shortId = (id: string): string => `${id.slice(0, 4)} ${id.slice(4, 8)}`

const PHASES: Readonly<Record<SyncPhase, { readonly text: string; readonly tone: Tone }>> = {
  off: { text: 'Sync is off', tone: 'calm' },
  connecting: { text: 'Connecting', tone: 'busy' },
  syncing: { text: 'Connected, exchanging changes', tone: 'busy' },
  synced: { text: 'Connected, and it has everything', tone: 'calm' },
  offline: { text: 'Not connected', tone: 'warn' },
  refused: { text: 'It refuses this device', tone: 'alarm' },
}

const HANDED = { text: 'Connected, and it was handed everything', tone: 'calm' } as const

/** What a relay is to this device now, and for how long. */
export const relayWords = (
  { phase, since, trusted }: Pick<RelayFacts, 'phase' | 'since' | 'trusted'>,
  now: number,
): { readonly text: string; readonly tone: Tone } => {
  const { text, tone } = trusted && phase === 'synced' ? HANDED : PHASES[phase]
  const isLong = (phase === 'offline' || phase === 'refused') && now - since >= MINUTE
  const lasts = isLong ? ` for ${span(now - since)}` : ''
  const next = phase === 'offline' ? '; it is tried again by itself' : ''
  return { text: `${text}${lasts}${next}`, tone }
}

const ERRORS: Readonly<Record<string, string>> = {
  unreachable: 'It could not be reached',
  rate: 'It was asked too much at once',
  'slow-reader': 'This device read too slowly',
  internal: 'It had trouble with its disk',
  'shutting-down': 'It was being stopped',
  scope: 'This device may not do that there',
  origin: 'It does not accept this address of the app',
  'not-a-member': 'This device is not in the workspace’s list',
  'operator-code': 'It asks for a code from whoever runs it',
  'not-listed': 'It serves only workspaces that whoever runs it has listed',
  'workspace-deleted': 'An owner deleted the workspace from it',
  'quota-bytes': 'The space for this workspace is used up there',
  'quota-documents': 'It takes no more notes of this workspace',
  'token-expired': 'The clock of this device is behind that of the relay',
  'token-early': 'The clock of this device is ahead of that of the relay',
  'token-invalid': 'It is known under another address',
  'access-conflict': 'It knows other devices than this one does',
  'access-invalid': 'The list of devices does not fit',
  'replace-conflict': 'Another device had put changes together first',
  'other-version': 'It speaks another version of Holdfast',
}

export const lastErrorWords = ({ lastError }: Pick<RelayFacts, 'lastError'>, now: number): string | null =>
  lastError &&
  `${ERRORS[lastError.code] ?? `It refused something (${lastError.code})`}, ${ago(lastError.at, now)}`

const REASONS: Readonly<Record<string, string>> = {
  'envelope-malformed': 'it is damaged, or no change at all',
  'envelope-member': 'it was written by a device that is not a member',
  'envelope-signature': 'its signature is wrong',
  'envelope-keys':
    'it was sealed with keys that this device has not been told of: the relay may be keeping back a change of the members',
  'envelope-sealed': 'it could not be opened with the keys of this device',
  'envelope-content': 'what it holds is damaged',
}

export const setAsideWords = ({ count, reason }: SyncFacts['setAside'][number]): string =>
  `${many(count, 'change', 'changes')}: ${REASONS[reason] ?? `it could not be read (${reason})`}`

export const deviceWords = ({ self, behind }: DeviceFacts): string => {
  if (behind === null) return self ? 'Not compared with the relay' : 'Has not told how far it is'
  return behind === 0 ? 'Up to date' : `${many(behind, 'change', 'changes')} behind`
}

export const seenWords = ({ self, seenAt }: DeviceFacts, now: number): string => {
  if (self) return 'In use now'
  return seenAt === null ? 'Not heard of yet' : `Heard of ${ago(seenAt, now)}`
}

export const queueWords = ({ waiting, held, remaining }: SyncFacts['queue'], relays = 1): string => {
  const comparing =
    remaining > 0
      ? ` ${many(remaining, 'document is', 'documents are')} still compared with ${relays > 1 ? 'the relays' : 'the relay'}.`
      : ''
  const there = relays > 1 ? 'each document is at one relay at least' : 'the relay has all that is here'
  if (waiting.length === 0) return `Nothing waits: ${there}.${comparing}`
  const what = `${many(waiting.length, 'document has', 'documents have')} changes that no relay has confirmed. They are stored on this device.`
  const kept =
    held.length === 0
      ? ''
      : ` The service worker holds ${held.length === waiting.length ? 'them' : `${held.length} of them`}, and sends even after the app is closed, where the browser can do that.`
  return `${what}${kept}${comparing}`
}

/** Of a device that was taken out, or may only read. */
export const unsentWords = ({ waiting }: SyncFacts['queue'], role: Role | null): string => {
  if (waiting.length === 0) return 'Nothing waits: everybody has what was written here.'
  const what = `${many(waiting.length, 'document has', 'documents have')} changes that nobody else has`
  return role === null
    ? `${what}, and nobody takes any more: this device was taken out before they were sent. They can be read and exported here.`
    : `${what}: you may only read here now. They can be read and exported here, and are sent if you may write again.`
}

export const KINDS: Readonly<Record<SyncEventKind, string>> = {
  connection: 'Connection',
  sent: 'Sent',
  confirmed: 'Confirmed',
  received: 'Received',
  queue: 'Queue',
  devices: 'Devices',
  problem: 'Problem',
}

/** How far a note has come, in as few words as can be; `pending`: what of the typed is not on the disk. */
export const receiptWords = (receipt: ReceiptValue | undefined, pending: Pending): string => {
  if (pending === 'refused') return 'Not stored'
  if (pending === 'storing') return 'Storing…'
  if (!receipt?.relayed) return receipt?.handedTo ? 'Handed over' : 'Stored on this device'
  const { length } = receipt.delivered
  return length === 0 ? 'On the relay' : `On ${many(length, 'other device', 'other devices')}`
}

export const receiptDetail = (receipt: ReceiptValue | undefined, pending: Pending, now: number): string => {
  if (pending === 'refused') return REFUSED_WORDS
  if (pending === 'storing') return 'What you typed is being written to this device.'
  if (!receipt) return 'Stored on this device. Sync is off.'
  const { relayed, handedTo, delivered, others } = receipt
  if (!relayed && handedTo !== null)
    return `Stored on this device. ${new URL(handedTo).host} was handed it, can read it, and does not confirm it.`
  if (!relayed) return 'Stored on this device. The relay has not confirmed it yet.'
  const since = relayed.at === null ? 'has it' : `has had it for ${span(now - relayed.at)}`
  const there =
    others === 0 ? '' : ` Stored on ${delivered.length} of ${many(others, 'other device', 'other devices')}.`
  return `Stored on this device. ${new URL(relayed.relay).host} ${since}.${there}`
}

/** What a document is that is no note; null for notes. */
export const wellKnown = (document: DocumentId): string | null => {
  if (document === HOME_DOCUMENT) return 'list of notes'
  return document === VAULT_DOCUMENT ? 'vault' : null
}
