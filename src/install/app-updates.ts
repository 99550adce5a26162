import type { UnstoredEdits } from '../editor/unstored-edits.ts'

export interface AppUpdates {
  /** none: this is the newest. ready: a new version waits. reloading: it takes over once everything is stored. */
  readonly state: 'none' | 'ready' | 'reloading'
  onChange(listener: () => void): () => void
  /** Lets the new version take over, in all tabs, as soon as everything typed here is stored. */
  apply(): Promise<void>
}

export interface UpdateDeps {
  /** The waiting version may take over now. */
  skipWaiting(): void
  flush(): Promise<unknown>
  readonly edits: Pick<UnstoredEdits, 'whenAllStored'>
  reload(): void
}

export const createAppUpdates = ({ skipWaiting, flush, edits, reload }: UpdateDeps) => {
  const listeners = new Set<() => void>()
  let state: AppUpdates['state'] = 'none'
  const set = (to: AppUpdates['state']) => {
    state = to
    for (const listener of listeners) listener()
  }
  const allStored = async () => {
    await flush()
    await edits.whenAllStored()
  }
  return {
    get state() {
      return state
    },
    onChange(listener: () => void) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async apply() {
      set('reloading')
      await allStored()
      skipWaiting()
    },
    waiting(): void {
      if (state === 'none') set('ready')
    },
    /** Another version has taken over, here or in another tab: load it, but lose nothing. */
    async takenOver() {
      set('reloading')
      await allStored()
      reload()
    },
  }
}
