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

/** Which changes of a value are told at once, and which later: see View. */
interface Claims<T> {
  overclaims(told: T, now: T): boolean
  improves(told: T, now: T): boolean
}

/** A value in which `holds` says whether the best that it can claim is true. */
export const claiming = <T>(holds: (value: T) => boolean): Claims<T> => ({
  overclaims: (told, now) => holds(told) && !holds(now),
  improves: (told, now) => !holds(told) && holds(now),
})

/** Views that are told whole at every change. */
export const createWholeView = <T>(source: Observable<T>, claims?: Claims<T>): AnyView => {
  let state: Whole<T> = { value: source.get(), version: 0 }
  const read = (): Whole<T> => {
    const value = source.get()
    if (value !== state.value) state = { value, version: state.version + 1 }
    return state
  }
  return anyView<Whole<T>>({
    gather: 50,
    ...(claims && {
      overclaims: (told, now) => claims.overclaims(told.value, now.value),
      improves: (told, now) => claims.improves(told.value, now.value),
    }),
    same: (told, now) => JSON.stringify(told.value) === JSON.stringify(now.value),
    state: read,
    version: ({ version }) => version,
    value: () => read().value,
    changes: (_from, to) => ({ changes: to.value }),
    onChange: source.subscribe,
    close: () => undefined,
  })
}
