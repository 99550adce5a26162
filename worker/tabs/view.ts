import type { EditOutcome, TextUpdate } from '../../protocol/notes.ts'
import type { Result } from '../../protocol/result.ts'
import type { ViewName, ViewRequest } from '../../protocol/views.ts'

/**
 * One view as all tabs share it. `S` is what a tab was last told, in a form that is cheap to keep: the hub asks for the
 * changes between what a tab has and what is true now, however many changes lie in between.
 */
export interface View<S> {
  /** What is true now: the same object as long as nothing changed. */
  state(): S
  version(state: S): number
  /** The whole value of the present state. */
  value(): unknown
  /** Null where only a snapshot will do. */
  changes(from: S, to: S): { readonly changes: unknown } | null
  /**
   * Whether `told` claims more than is true `now`. Then a tab is told at once, before it hears that what changed is
   * stored, even if another delta is under way to it.
   */
  overclaims?(told: S, now: S): boolean
  /**
   * Whether `now` claims what could not be claimed when `told` was. Then a tab is told once that has held for a while:
   * whoever types would see it come and go with each key, and each time is drawn.
   */
  improves?(told: S, now: S): boolean
  /** Whether both say the same, so that there is nothing to tell. */
  same?(told: S, now: S): boolean
  /** Of a note: what a tab typed on this version. */
  edit?(version: number, updates: readonly TextUpdate[]): Result<EditOutcome>
  /** Called once; what it returns is called before `close`. */
  onChange(listener: () => void): () => void
  /** How long changes are gathered before they are sent, in milliseconds; 0 for at once: somebody waits for it. */
  readonly gather: number
  close(): void
}

export type AnyView = View<unknown>
export type RequestOf<N extends ViewName> = Extract<ViewRequest, { view: N }>

/** Opens views of one workspace. A failure is told to the tab as `unavailable`. */
export type Providers = {
  readonly [N in ViewName]: (request: RequestOf<N>) => Promise<Result<AnyView>>
}

/** Views are made for one kind of state each; the hub only hands their own states back to them. */
export const anyView = <S>(view: View<S>): AnyView => view as unknown as AnyView
