import type { SyncDetailsValue, SyncValue } from '../../protocol/sync.ts'
import { CAN_READ, holdsWords, troubleWords, unusedName, unusedWords } from './relay-words.ts'
import {
  deviceWords,
  KINDS,
  lastErrorWords,
  queueWords,
  relayWords,
  seenWords,
  setAsideWords,
  shortId,
} from './sync-words.ts'

interface Report {
  readonly details: SyncDetailsValue
  readonly sync: SyncValue
  readonly build: string
  readonly browser: string
  readonly now: number
}

const EVENTS_TOLD = 200

const lines = (title: string, rows: readonly string[]): string =>
  [title, ...(rows.length > 0 ? rows : ['none']).map(row => `  ${row}`)].join('\n')

const values = (points: readonly { readonly value: number }[]): string =>
  points.length === 0 ? 'none' : points.map(({ value }) => Math.round(value)).join(' ')

/** What a person can hand to whoever helps: no content, no titles, no keys, and of ids only the beginning. */
export const reportText = ({ details, sync, build, browser, now }: Report): string => {
  const time = (at: number): string => new Date(at).toISOString()
  const { relays, unused, devices, queue, setAside, charts, events } = details
  return [
    lines('Holdfast sync report', [
      time(now),
      `build ${build}`,
      browser,
      `workspace ${shortId(sync.workspace)}`,
      `storage: ${sync.storageProblem === null ? 'working' : 'refused a write'}`,
    ]),
    lines('Relays', [
      ...relays.map(relay =>
        [
          `${relay.origin}${relay.trusted ? ` (${CAN_READ})` : ''}: ${relayWords(relay, now).text}`,
          relay.named === null ? 'this device only' : 'all devices',
          holdsWords(relay),
          ...troubleWords(relay, now),
          `last error: ${lastErrorWords(relay, now) ?? 'none'}`,
        ].join('; '),
      ),
      ...unused.map(relay => `${unusedName(relay)}: ${unusedWords(relay)}`),
    ]),
    lines(
      'Devices',
      devices.map(
        device =>
          `${shortId(device.id)}${device.self ? ' (this one)' : ''}: ${deviceWords(device)}; ${seenWords(device, now)}`,
      ),
    ),
    lines('Queue', [queueWords(queue)]),
    lines(
      'Set aside',
      setAside.map(entry => `${entry.document.slice(0, 6)}: ${setAsideWords(entry)}`),
    ),
    lines('Last minutes', [`latency in ms: ${values(charts.latency)}`, `queue: ${values(charts.queue)}`]),
    lines(
      'Events',
      events.slice(-EVENTS_TOLD).map(({ at, kind, text }) => `${time(at)} ${KINDS[kind]}: ${text}`),
    ),
  ].join('\n\n')
}
