import { fail, type Result } from '../../protocol/result.ts'
import type { TransferValue } from '../../protocol/views.ts'

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
  const listeners = new Set<() => void>()
  let value: TransferValue = null
  let cancelled = false

  const set = (next: TransferValue): void => {
    value = next
    for (const listener of [...listeners]) listener()
  }

  return {
    get: () => value,
    subscribe: listener => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
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
