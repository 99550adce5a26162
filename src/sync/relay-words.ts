import { MOST_RELAYS } from '../../protocol/limits.ts'
import type { PeopleValue } from '../../protocol/people.ts'
import type { RelayFacts, RelayNamed, RelayStanding, SyncPhase, UnusedRelay } from '../../protocol/sync.ts'
import { ago, many } from './sync-words.ts'

/** What a person knows a server by: without `https://`, and with the path of one that has one. */
export const relayName = (origin: string): string => origin.replace(/^https?:\/\//, '')

/** What it has of this device's documents, and how long its log is. */
export const holdsWords = ({ trusted, documents, confirmed, end }: RelayFacts): string => {
  const all = many(documents, 'document', 'documents')
  if (trusted)
    return `Was handed ${confirmed === documents ? all : `${confirmed} of ${all}`}; it confirms nothing`
  const has = confirmed === documents ? `Has all ${all} as here` : `Has ${confirmed} of ${all} as here`
  return end === null ? has : `${has}; its log ends at ${end}`
}

/** Who has a relay used, and where; null while the people are not known yet. */
export const namedWords = (
  named: RelayNamed | null,
  people: Pick<PeopleValue, 'people'> | undefined,
  now: number,
): string | null => {
  if (named === null) return 'Only this device uses it'
  if (people === undefined || people.people.length === 0) return null
  const person = people.people.find(each => each.person === named.by)
  const who = person === undefined ? 'Somebody who is no member any more' : person.isMe ? 'You' : person.name
  return `${who} added it for all devices, ${ago(named.at, now)}`
}

const UNUSED: Readonly<Record<UnusedRelay['why'], string>> = {
  left: 'Not used on this device, where it was removed; the others use it',
  unusable: 'This device cannot use this address, and asks nothing of it',
  many: `Not used on this device, which uses ${MOST_RELAYS} of them at most`,
}

/** Why this device does not use a relay that the workspace names. */
export const unusedWords = ({ why }: UnusedRelay): string => UNUSED[why]

export const unusedName = ({ address }: UnusedRelay): string =>
  address === '' ? 'A relay whose address cannot be read here' : relayName(address)

/** What a relay was seen to do that it should not, in sentences. */
export const troubleWords = ({ lostAt, lacked }: RelayFacts, now: number): string[] => [
  ...(lostAt === null
    ? []
    : [
        `It had lost what it had confirmed, noticed ${ago(lostAt, now)}: an older backup, or worse. Nothing is missing here, and it was sent again.`,
      ]),
  ...(lacked === null
    ? []
    : [
        `It did not hand out ${many(lacked.changes, 'change', 'changes')} that came by other relays, last ${ago(lacked.at, now)}. This device sent ${lacked.changes === 1 ? 'it' : 'them'} to it.`,
      ]),
]

/** What deleting a workspace from a relay means; `only` where it uses no other. */
export const deletionWords = (only: boolean): string =>
  `Nothing on any device is deleted. Other members and your other devices cannot use this relay any more until an owner adds it again. Backups of whoever runs it are out of reach.${only ? ' It is the only one: sync is off then.' : ''}`

export const CAN_READ = 'can read everything'

/** For as long as a trusted server is named: who can read, besides the devices. Null where nobody can. */
export const readersLine = (relays: readonly RelayStanding[]): string | null => {
  const names = relays.filter(({ trusted }) => trusted).map(({ origin }) => relayName(origin))
  return names.length === 0 ? null : `${names.join(' and ')} ${CAN_READ}`
}

const AWAY: Readonly<Record<SyncPhase, string>> = {
  off: 'is not used',
  connecting: 'is not reached yet',
  syncing: 'lacks something still',
  synced: 'has everything',
  offline: 'is not reached',
  refused: 'refuses this device',
}

/** Relays that do not have everything, each with why; none where all do. */
export const lackingWords = (relays: readonly RelayStanding[]): string[] =>
  relays
    .filter(({ phase }) => phase !== 'synced')
    .map(({ origin, phase }) => `${relayName(origin)} ${AWAY[phase]}`)
