import type { DocumentId } from '../../../protocol/ids.ts'
import type { Channel } from '../document/channel.ts'
import type { SetAside } from '../document/relay-marks.ts'
import type { Reporter } from './reporter.ts'

/** What was set aside since the start, of documents that were closed since, too. */
export interface SetAsideLog {
  /** Looks for more. */
  look(): void
  entries(): ReadonlyMap<DocumentId, readonly SetAside[]>
}

export const createSetAsideLog = (
  channels: ReadonlyMap<DocumentId, Pick<Channel, 'setAsideEntries'>>,
  reporter: Pick<Reporter, 'setAside'>,
): SetAsideLog => {
  const log = new Map<DocumentId, readonly SetAside[]>()
  return {
    look: () => {
      for (const [id, channel] of channels) {
        const entries = channel.setAsideEntries()
        for (const { code } of entries.slice(log.get(id)?.length ?? 0)) reporter.setAside(id, code)
        if (entries.length > 0) log.set(id, entries)
      }
    },
    entries: () => log,
  }
}
