import type { Refusal } from '../refusal.ts'

interface Refused {
  readonly ok: false
  readonly error: Refusal
}

/** What every HTTP request goes through: refused while the relay is being stopped, and where it is at fault itself. */
export type Answering = <A extends { readonly ok: boolean }>(work: () => Promise<A>) => Promise<A | Refused>
