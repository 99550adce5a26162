import { blamesClock } from '../../protocol/relay-messages.ts'
import type { SyncValue } from '../../protocol/sync.ts'
import type { ConnectionState } from '../connection/worker-connection.ts'
import { lackingWords, readersLine } from './relay-words.ts'

/** calm: all is well. busy: it is being worked on. warn: the person should know. alarm: the person has to act. */
export type Tone = 'calm' | 'busy' | 'warn' | 'alarm'

export interface StatusLine {
  readonly text: string
  readonly tone: Tone
  /** What it means, for those who ask. */
  readonly detail: string
}

const many = (count: number, one: string, more: string) => `${count} ${count === 1 ? one : more}`

/** What the members said, and the relay only passes on: its own words add nothing. */
const SAY_ALL: ReadonlySet<string> = new Set(['not-a-member', 'workspace-deleted'])

/** This device belongs to the workspace no more: nobody takes what it has not sent. */
const isOut = (sync: SyncValue): boolean => sync.phase === 'refused' && sync.refusal?.code === 'not-a-member'

const changes = (waiting: number) => `${many(waiting, 'change', 'changes')} waiting`

const clock = (time: number): string =>
  new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(time)

const waitingDetail = ({ waiting, queued }: SyncValue): string => {
  if (waiting === 0) return 'Everything is stored on this device, and the relay has it all.'
  if (queued === 0) return 'They are stored on this device and not yet on the relay.'
  const which = queued >= waiting ? 'They' : `${queued} of them`
  return `They are stored on this device. ${which} will be sent even after this app is closed, where the browser can do that.`
}

const keptDetail = (sync: SyncValue): string =>
  sync.waiting > 0 && !isOut(sync) ? waitingDetail(sync) : 'Your notes are stored on this device.'

/** With several relays one that has everything is enough; those that lack something are named. */
const syncedLine = ({ relays, syncedAt }: SyncValue): StatusLine => {
  const at = syncedAt === null ? '' : ` at ${clock(syncedAt)}`
  const sealed = relays.filter(({ trusted }) => !trusted)
  if (relays.length > 0 && sealed.length === 0)
    return {
      text: `Handed over${at}`,
      tone: 'calm',
      detail: `${readersLine(relays)}. It was handed all that is here, and does not confirm that it keeps it.`,
    }
  const lacking = lackingWords(relays)
  const has = sealed.filter(({ phase }) => phase === 'synced').length
  const isAway = relays.some(({ phase }) => phase === 'offline' || phase === 'refused')
  if (lacking.length === 0)
    return {
      text: `Synced${at}`,
      tone: 'calm',
      detail:
        has > 1
          ? `All ${has} relays confirmed everything, and everything they had is here.`
          : 'The relay confirmed everything, and everything it had is here.',
    }
  return {
    text: `Synced${has < sealed.length ? ` with ${has} of ${sealed.length} relays` : ''}${at} · ${lacking.join(' · ')}`,
    tone: isAway ? 'warn' : 'calm',
    detail: `Everything is confirmed by ${has === 1 ? 'one relay' : `${has} relays`}. ${lacking.join('; ')}: it gets the rest as soon as it can.`,
  }
}

/** What a reader wrote before they were one is on its way nowhere. */
const unsentLine = (waiting: number): StatusLine => ({
  text: `${many(waiting, 'note has', 'notes have')} changes that were not sent: you may only read here now`,
  tone: 'warn',
  detail:
    'They are stored on this device, and can be read and exported here. If you may write again, they are sent.',
})

const syncLine = (sync: SyncValue, readOnly: boolean): StatusLine => {
  const { waiting, remaining } = sync
  const isReached = sync.phase === 'syncing' || sync.phase === 'synced'
  if (readOnly && isReached && waiting > 0) return unsentLine(waiting)
  const rest = waiting > 0 ? ` · ${changes(waiting)}` : ''
  switch (sync.phase) {
    case 'off':
      return {
        text: 'Stored on this device',
        tone: 'calm',
        detail: 'Sync is off: nothing leaves this device.',
      }
    case 'connecting':
      return { text: `Connecting…${rest}`, tone: 'busy', detail: 'The relay was not reached yet.' }
    case 'syncing': {
      const comparing = remaining > 0 ? ` · ${many(remaining, 'note', 'notes')} to compare` : ''
      return { text: `Syncing…${rest || comparing}`, tone: 'busy', detail: waitingDetail(sync) }
    }
    case 'synced':
      if (waiting > 0) return { text: changes(waiting), tone: 'busy', detail: waitingDetail(sync) }
      return syncedLine(sync)
    case 'offline':
      return waiting > 0
        ? { text: `Offline · ${changes(waiting)}`, tone: 'warn', detail: waitingDetail(sync) }
        : {
            text: 'Offline · stored on this device',
            tone: 'warn',
            detail: 'There is no connection to the relay. It is tried again by itself.',
          }
    case 'refused': {
      const { code = '', message = 'it gave no reason', advice = 'Try again later.' } = sync.refusal ?? {}
      if (SAY_ALL.has(code)) return { text: advice, tone: 'alarm', detail: keptDetail(sync) }
      // What is wrong with the clock is no opinion of the relay.
      const why = blamesClock(code) ? '' : 'The relay refused: '
      return {
        text: `${why}${message.replace(/[.\s]+$/, '')} — ${advice}`,
        tone: 'alarm',
        detail: keptDetail(sync),
      }
    }
  }
}

/**
 * The one line about where changes are. `typing`: this tab has edits that are not read back from the disk yet. It
 * claims no more than what was confirmed, so what is not stored comes before everything else. `readOnly`: this device
 * may only look.
 */
export const statusLine = (
  sync: SyncValue | undefined,
  connection: ConnectionState,
  typing: boolean,
  readOnly = false,
): StatusLine => {
  if (connection.type === 'failed')
    return { text: 'Not running', tone: 'alarm', detail: connection.failure.message }
  if (connection.type === 'superseded')
    return { text: 'A new version is taking over…', tone: 'busy', detail: 'The page is loaded again.' }
  if (!sync || connection.type === 'connecting')
    return {
      text: 'Starting…',
      tone: 'busy',
      detail: 'The part of the app that keeps your notes is starting.',
    }
  if (sync.storageProblem !== null)
    return { text: 'Not everything could be stored', tone: 'alarm', detail: sync.storageProblem }
  if (typing || sync.storing)
    return { text: 'Storing…', tone: 'busy', detail: 'What you typed is being written to this device.' }
  return syncLine(sync, readOnly)
}

const DAY_MS = 24 * 60 * 60_000
const WARN_AFTER_MS = 7 * DAY_MS

/** After a week in which no relay was reached, what is here is on no other device; null while all is well. */
export const awayLine = (sync: SyncValue | undefined, now: number): string | null => {
  if (!sync || sync.reachedAt === null) return null
  const isAway = sync.phase === 'offline' || sync.phase === 'connecting' || sync.phase === 'refused'
  const away = now - sync.reachedAt
  return isAway && away >= WARN_AFTER_MS
    ? `No relay was reached for ${Math.floor(away / DAY_MS)} days. What you wrote since then is on this device only.`
    : null
}

/** Edits that came after their author's rights had gone: the note shows them, and nobody else ever will. */
export const REFUSED_WORDS =
  'The last words that you typed were not taken: you may only read here now. They stay in this tab; copy them if you need them.'

export const setAsideLine = (count: number): string | null =>
  count > 0
    ? `${many(count, 'change', 'changes')} could not be read and ${count === 1 ? 'was' : 'were'} set aside`
    : null
