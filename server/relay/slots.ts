import { CONTENT_CHUNK_BYTES } from '../../protocol/limits.ts'
import type { Slot } from '../log/log-store.ts'
import type { Outgoing } from './outgoing.ts'

/** Sends all slots in messages of a limited size; at least one message, so that nothing is an answer too. */
export const sendSlots = (slots: readonly Slot[], out: Pick<Outgoing, 'send'>): void => {
  let part: Slot[] = []
  let bytes = 0
  const send = (): void => {
    out.send({ type: 'slots', slots: part })
    part = []
    bytes = 0
  }
  for (const slot of slots) {
    if (bytes + slot.data.length > CONTENT_CHUNK_BYTES) send()
    part.push(slot)
    bytes += slot.data.length
  }
  send()
}
