import { fail, type Result } from '../../protocol/result.ts'
import type { TransferValue } from '../../protocol/views.ts'
import { createListeners } from '../listeners.ts'

/** The one import or export that may run at a time, as tabs watch and cancel it. */
export interface Transfer {
  get(): TransferValue
  subscribe(listener: () => void): () => void
  /** Runs `work` unless something else runs. Errors: `busy`, and those of `work`. */
  run<T>(
    kind: 'import' | 'export',
    work: (progress: TransferProgress) => Promise<Result<T>>,
  ): Promise<Result<T>>
  cancel(): void
}

export interface TransferProgress {
  cancelled(): boolean
  report(done: number, total: number): void
}

export const createTransfer = (): Transfer => {
  const listeners = createListeners()
  let value: TransferValue = null
  let cancelled = false

  const set = (next: TransferValue): void => {
    value = next
    listeners.tell()
  }

  return {
    get: () => value,
    subscribe: listeners.add,
    run: async (kind, work) => {
      if (value)
        return fail('busy', `An ${value.kind} is still running. Wait until it is done, or cancel it first.`)
      cancelled = false
      set({ kind, done: 0, total: 0 })
      try {
        return await work({
          cancelled: () => cancelled,
          report: (done, total) => set({ kind, done, total }),
        })
      } finally {
        set(null)
      }
    },
    cancel: () => {
      cancelled = true
    },
  }
}
