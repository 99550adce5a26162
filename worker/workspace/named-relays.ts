import type { PersonId } from '../../protocol/access/acts.ts'
import type { Access } from '../../protocol/access/judge.ts'
import type { NamedRelayId } from '../../protocol/ids.ts'
import { openCard } from '../keys/sealed-root.ts'
import type { Keyring } from './keyring.ts'

/** A relay that the workspace names for all of its devices. */
export interface NamedRelay {
  readonly id: NamedRelayId
  /** Its address as it was written; '' where this device cannot read it. */
  readonly address: string
  /** Whoever named it. */
  readonly by: PersonId
  /** When, by their clock, in milliseconds since 1970. */
  readonly at: number
}

/** So that its length does not tell a relay which of those it knows is meant. */
const PADDED_TO = 128

/** What stands in a relay's card. */
export const relayCard = (address: string): string => {
  const text = JSON.stringify({ relay: address })
  return text.padEnd(Math.ceil(text.length / PADDED_TO) * PADDED_TO)
}

const readRelayCard = (text: string): string => {
  try {
    const { relay } = JSON.parse(text) as Record<string, unknown>
    return typeof relay === 'string' ? relay : ''
  } catch {
    return ''
  }
}

/** Opens the cards of relays, each once. What could not be opened is tried again: keys may have come since. */
export const createRelayReader = (keyring: Pick<Keyring, 'root'>) => {
  const opened = new Map<string, string>()

  const open = async (card: string): Promise<string> => {
    const known = opened.get(card)
    if (known !== undefined) return known
    const text = await openCard(card, keyring.root)
    if (text === null) return ''
    const address = readRelayCard(text)
    opened.set(card, address)
    return address
  }

  return ({ relays }: Pick<Access, 'relays'>): Promise<readonly NamedRelay[]> =>
    Promise.all(
      [...relays].map(async ([id, { card, by, since }]) => ({
        id,
        address: await open(card),
        by,
        at: since * 1000,
      })),
    )
}
