import { parseEnvelope } from '../../protocol/envelope.ts'
import type { EnvelopeId } from '../../protocol/ids.ts'
import type { OutboxReport } from '../../protocol/outbox.ts'
import type { AppendAnswer } from '../../protocol/relay-http.ts'
import { isLasting, type RefusalCode } from '../../protocol/relay-messages.ts'
import { type Batch, makeBatches, targetOf } from './batches.ts'
import type { Deliver } from './delivery.ts'
import type { OutboxStore, StoredEntry } from './outbox-store.ts'

export interface OutboxDependencies {
  readonly store: OutboxStore
  readonly deliver: Deliver
  readonly report: (report: OutboxReport) => void
  /** Milliseconds. */
  readonly now: () => number
  /** Runs a task while no other service worker of this origin runs one: an old and a new build may live at once. */
  readonly exclusively: (task: () => Promise<void>) => Promise<void>
}

/** What is left after a drain. `held` of the `entries` wait for somebody to do something about a refusal. */
export interface Drained {
  readonly entries: number
  readonly held: number
}

export interface Outbox {
  /**
   * Tries to deliver everything. What is put meanwhile is picked up by the drain that runs, and every caller waits
   * until nothing put before its call is left untried. Rejects only where the store fails.
   */
  drain(): Promise<Drained>
}

/** A refusal that trying again does not change is not tried again for this time, whatever wakes the service worker. */
const HOLD_MS = 60_000

export const createOutbox = ({ store, deliver, report, now, exclusively }: OutboxDependencies): Outbox => {
  /** Until when a log, or one entry, is left alone. */
  const heldUntil = new Map<string, number>()
  const isHeld = (name: string): boolean => (heldUntil.get(name) ?? 0) > now()
  const entryHeld = ({ id, entry }: StoredEntry): boolean => isHeld(id) || isHeld(targetOf(entry))

  const refuse = (stored: StoredEntry, code: RefusalCode, message: string, holds: string): void => {
    if (isLasting(code)) heldUntil.set(holds, now() + HOLD_MS)
    report({ type: 'refused', entry: stored.id, code, message })
  }

  const settle = async (stored: StoredEntry, answer: AppendAnswer): Promise<void> => {
    const { id, version, entry } = stored
    const wanted = envelopeIds(entry.envelopes)
    const known = new Set(
      answer.known.filter(part => part.document === entry.document).flatMap(part => part.envelopes),
    )
    if (wanted.every(envelope => known.has(envelope))) {
      // By version: one that was put while this one travelled is not confirmed by this answer.
      await store.removeVersion(version)
      heldUntil.delete(id)
      report({ type: 'delivered', entry: id, envelopes: wanted })
      return
    }
    const refusal = answer.refused.find(part => part.document === entry.document)
    if (refusal) refuse(stored, refusal.code, refusal.message, id)
  }

  /** Returns whether the relay could be reached. */
  const send = async (batch: Batch): Promise<boolean> => {
    const delivery = await deliver(batch)
    switch (delivery.type) {
      case 'answered':
        for (const stored of batch) await settle(stored, delivery.answer)
        return true
      case 'refused':
        for (const stored of batch) refuse(stored, delivery.code, delivery.message, targetOf(stored.entry))
        return false
      case 'failed':
      case 'no-key':
        return false
    }
  }

  const pass = async (): Promise<void> => {
    const unreachable = new Set<string>()
    for (const batch of makeBatches((await store.entries()).filter(stored => !entryHeld(stored)))) {
      const target = targetOf(batch[0]!.entry)
      if (unreachable.has(target)) continue
      if (!(await send(batch))) unreachable.add(target)
    }
  }

  let asked = false
  let running: Promise<void> | null = null
  const run = async (): Promise<void> => {
    try {
      while (asked) {
        asked = false
        await exclusively(pass)
      }
    } finally {
      running = null // in the same step as the last look at `asked`, so that no call falls between the two
    }
  }

  return {
    drain: async () => {
      asked = true
      running ??= run()
      await running
      const left = await store.entries()
      report({ type: 'waiting', entries: left.length })
      return { entries: left.length, held: left.filter(entryHeld).length }
    },
  }
}

const envelopeIds = (envelopes: readonly Uint8Array[]): EnvelopeId[] =>
  envelopes.flatMap(bytes => {
    const parsed = parseEnvelope(bytes)
    return parsed.ok ? [parsed.value.id] : []
  })
