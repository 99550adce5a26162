import type { DeviceId } from '../../../protocol/ids.ts'
import type { SlotContent } from '../../../protocol/slot.ts'
import type { DeviceFacts, ReceiptValue } from '../../../protocol/sync.ts'
import type { Relayed } from '../document/channel-status.ts'

type Told = ReadonlyMap<DeviceId, Pick<SlotContent, 'log' | 'stored' | 'at'>>

/** Which of the others have a change: those that said, of the same log, that they stored it up to there. */
export const receiptOf = (
  relay: string,
  relayed: Relayed | null,
  others: readonly DeviceId[],
  told: Told,
): ReceiptValue => {
  const place = relayed?.at ?? null
  const has = (device: DeviceId): boolean => {
    const slot = told.get(device)
    return place !== null && slot?.log === relayed!.log && slot.stored >= place.position
  }
  return {
    relayed: relayed && { relay, at: place?.at ?? null },
    handedTo: null,
    delivered: others.filter(has),
    others: others.length,
  }
}

/** How far the other members are behind the newest known place of the log, as far as they told. */
export const factsOfOthers = (
  others: readonly DeviceId[],
  told: Told,
  log: { readonly id: string; readonly head: number } | null,
): DeviceFacts[] =>
  others.map(id => {
    const slot = told.get(id)
    return {
      id,
      self: false,
      seenAt: slot?.at ?? null,
      behind: slot && log?.id === slot.log ? Math.max(0, log.head - slot.stored) : null,
    }
  })
