import type { SyncEvent } from '../../protocol/sync.ts'
import { KINDS } from './sync-words.ts'

/** Events that hold all of the words, newest first. */
export const matching = (events: readonly SyncEvent[], filter: string): readonly SyncEvent[] => {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean)
  const holds = ({ kind, text }: SyncEvent): boolean => {
    const whole = `${KINDS[kind]} ${text}`.toLowerCase()
    return words.every(word => whole.includes(word))
  }
  return events.filter(holds).reverse()
}
