import { parseEnvelope } from '../../protocol/envelope.ts'
import type { Append, ClientMessage, Content, Entry, RelayMessage } from '../../protocol/relay-messages.ts'
import type { Dice } from '../support/seeded.ts'
import type { Census } from './census.ts'

/** What a relay does that is not honest. Some of it cannot be noticed until the relay is another one. */
export type Malice =
  | 'withholds'
  | 'deceives one device'
  | 'confirms what it drops'
  | 'forges'
  | 'swaps'
  | 'repeats'

/** After these an honest relay under the same name may go on: what they did shows. */
export const SHOWS: readonly Malice[] = ['forges', 'repeats']
export const HIDES: readonly Malice[] = [
  'swaps',
  'withholds',
  'deceives one device',
  'confirms what it drops',
]

/** Stands between a relay and the network, and lies where it is told to. */
export interface Hostile {
  turn(malice: Malice | null, victim: string): void
  malice(): Malice | null
  say(message: RelayMessage, device: string): readonly RelayMessage[]
  /** Whether the relay hears of it, and what goes back in its name. */
  hear(message: ClientMessage): { readonly heard: boolean; readonly answers: readonly RelayMessage[] }
}

export const createHostile = (dice: Dice, census: Census): Hostile => {
  let malice: Malice | null = null
  let victim = ''

  const forged = ({ position, envelope }: Entry): Entry => {
    const bytes = envelope.slice()
    if (dice.below(3) === 0) bytes.set(Buffer.from(Array.from(bytes, () => dice.below(256))))
    else bytes[dice.below(bytes.length)]! ^= 1 + dice.below(255)
    return { position, envelope: bytes }
  }

  const swapped = (entries: readonly Entry[]): Entry[] => {
    const envelopes = entries.map(({ envelope }) => envelope)
    return entries.map(({ position }) => ({ position, envelope: dice.pick(envelopes) }))
  }

  const lie = (content: Content): readonly Content[] => {
    const { entries } = content
    const some = entries.filter(() => dice.below(2) === 0)
    switch (malice) {
      case 'withholds':
      case 'deceives one device':
        return [{ ...content, entries: some }]
      case 'forges':
        return [{ ...content, entries: entries.map(entry => (some.includes(entry) ? forged(entry) : entry)) }]
      case 'swaps':
        return [{ ...content, entries: swapped(entries) }]
      case 'repeats':
        return [{ ...content, entries: entries.flatMap(entry => [entry, entry]) }, content]
      default:
        return [content]
    }
  }

  const confirmation = ({ document, envelopes }: Append): RelayMessage => {
    const nowhere = { position: 0, stamp: null }
    const ids = envelopes.flatMap(bytes => {
      const parsed = parseEnvelope(bytes)
      return parsed.ok ? [parsed.value.id] : []
    })
    return { type: 'known', document, envelopes: ids, from: nowhere, to: nowhere }
  }

  return {
    turn: (next, device) => {
      malice = next
      victim = device
    },
    malice: () => malice,
    say: (message, device) => {
      if (malice === null || (malice === 'deceives one device' && device !== victim)) return [message]
      if (message.type !== 'content' || message.entries.length === 0) return [message]
      census.count(`relay ${malice}`)
      return lie(message)
    },
    hear: message => {
      if (malice !== 'confirms what it drops') return { heard: true, answers: [] }
      if (message.type !== 'append') return { heard: true, answers: [] }
      census.count(`relay ${malice}`)
      return { heard: false, answers: [confirmation(message)] }
    },
  }
}
