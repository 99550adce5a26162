import { type AnyView, anyView } from './view.ts'

/** A value that others keep, small enough to be sent whole at every change. */
export interface Observable<T> {
  /** The same object as long as nothing changed. */
  get(): T
  subscribe(listener: () => void): () => void
}

interface Whole<T> {
  readonly value: T
  readonly version: number
}

/** Views that are told whole at every change. `overclaims`: see View. */
export const createWholeView = <T>(
  source: Observable<T>,
  overclaims?: (told: T, now: T) => boolean,
): AnyView => {
  let state: Whole<T> = { value: source.get(), version: 0 }
  const read = (): Whole<T> => {
    const value = source.get()
    if (value !== state.value) state = { value, version: state.version + 1 }
    return state
  }
  return anyView<Whole<T>>({
    gather: 50,
    ...(overclaims && { overclaims: (told, now) => overclaims(told.value, now.value) }),
    state: read,
    version: ({ version }) => version,
    value: () => read().value,
    changes: (_from, to) => ({ changes: to.value }),
    onChange: source.subscribe,
    close: () => undefined,
  })
}
