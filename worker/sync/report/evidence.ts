import type { Clock } from '../../platform/clock.ts'
import type { RelayMemory } from '../relay/relay-memory.ts'
import type { Diary } from './diary.ts'

/** What this device has seen a relay do that a relay should not do. It is remembered, for a person who compares them. */
export interface Evidence {
  opened(): void
  /** Its log is not the one that was read: something that it had confirmed is gone. */
  lost(): void
  /** It did not hand out so many changes that came by other relays: this device sent them to it. */
  lacked(changes: number): void
  facts(): EvidenceFacts
}

/** Times are milliseconds since 1970. */
export interface EvidenceFacts {
  readonly lostAt: number | null
  readonly lacked: { readonly changes: number; readonly at: number } | null
}

interface Deps {
  readonly memory: RelayMemory
  readonly clock: Pick<Clock, 'now'>
  readonly diary: Pick<Diary, 'note'>
}

export const createEvidence = ({ memory, clock, diary }: Deps): Evidence => {
  /** Each document finds it out by itself; it is one loss. */
  let told = false
  return {
    opened: () => {
      told = false
    },
    lost: () => {
      if (told) return
      told = true
      memory.update({ lostAt: clock.now() })
      diary.note('problem', 'The relay has lost what it had confirmed; it is compared and sent again')
    },
    lacked: changes => {
      const before = memory.get().lacked?.changes ?? 0
      memory.update({ lacked: { changes: before + changes, at: clock.now() } })
      diary.note('problem', `The relay lacked what came by another one (${changes}); it was sent there`)
    },
    facts: () => ({ lostAt: memory.get().lostAt ?? null, lacked: memory.get().lacked ?? null }),
  }
}
