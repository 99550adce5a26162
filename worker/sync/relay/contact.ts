import type { RelayMessage } from '../../../protocol/relay-messages.ts'
import type { Clock } from '../../platform/clock.ts'
import type { LinkState } from './relay-link.ts'
import type { RelayMemory } from './relay-memory.ts'

/** When the relay was in reach, and what went wrong last. All times are milliseconds since 1970. */
export interface Contact {
  greeted(): void
  received(message: RelayMessage): void
  lost(): void
  linked(state: LinkState): void
  facts(): ContactFacts
}

export interface ContactFacts {
  /** Whether the relay was reached since the start. */
  readonly reached: boolean
  /** When the relay was last reached, or sync began here. */
  readonly reachedAt: number | null
  /** Since when it is connected, refused, or neither. */
  readonly since: number
  readonly lastError: { readonly code: string; readonly at: number } | null
}

/** That the relay is still there is remembered this often. */
const REMEMBER_MS = 10 * 60_000

export const createContact = (memory: RelayMemory, clock: Pick<Clock, 'now'>): Contact => {
  let reached = false
  let standsAs: 'open' | 'refused' | 'away' = 'away'
  let since = clock.now()
  let lastError: ContactFacts['lastError'] = null

  const remember = (): void => memory.update({ reachedAt: clock.now() })
  const failed = (code: string): void => {
    lastError = { code, at: clock.now() }
  }

  if (memory.get().reachedAt === null) remember()

  return {
    greeted: () => {
      reached = true
      remember()
    },
    received: message => {
      if (clock.now() - (memory.get().reachedAt ?? 0) > REMEMBER_MS) remember()
      if (message.type === 'refused') failed(message.code)
    },
    lost: remember,
    linked: state => {
      // Trying again is no new state to a person.
      const standing = state.phase === 'open' || state.phase === 'refused' ? state.phase : 'away'
      if (standing !== standsAs) since = clock.now()
      standsAs = standing
      if (state.phase === 'refused') failed(state.refusal.code)
      if (state.phase === 'waiting') failed('unreachable')
    },
    facts: () => ({ reached, reachedAt: memory.get().reachedAt, since, lastError }),
  }
}
