import type { WorkspaceId } from '../../../protocol/ids.ts'
import type { DeviceStore } from '../../storage/device-store.ts'
import type { StoredRelayMemory } from '../../storage/stored-progress.ts'

/** What is remembered of a relay over the worker's end. A write that is lost costs nothing but a newer figure. */
export interface RelayMemory {
  get(): StoredRelayMemory
  update(change: Partial<StoredRelayMemory>): void
}

const NOTHING: StoredRelayMemory = { own: null, others: {}, reachedAt: null }

export const loadRelayMemory = async (
  store: Pick<DeviceStore, 'relayMemory' | 'setRelayMemory'>,
  workspace: WorkspaceId,
  relay: string,
): Promise<RelayMemory> => {
  let memory = (await store.relayMemory(workspace, relay)) ?? NOTHING
  let written = memory
  let writing = false
  const write = async (): Promise<void> => {
    writing = true
    try {
      while (written !== memory) {
        const next = memory
        await store.setRelayMemory(workspace, relay, next)
        written = next
      }
    } catch {
      // A full disk is told about by the documents; this is read anew from the relay.
    } finally {
      writing = false
    }
  }
  return {
    get: () => memory,
    update: change => {
      memory = { ...memory, ...change }
      if (!writing) void write()
    },
  }
}
