import type { RefusalCode } from '../protocol/relay-messages.ts'
import type { Result } from '../protocol/result.ts'

/** Why the relay says no, in the words of the protocol. `message` is a whole sentence for the person. */
export interface Refusal {
  readonly code: RefusalCode
  readonly message: string
}

export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: Refusal }

export const refuse = (
  code: RefusalCode,
  message: string,
): { readonly ok: false; readonly error: Refusal } => ({ ok: false, error: { code, message } })

/** Gives a failure of `protocol/`, whose codes are free text, its place among the refusals. */
export const refuseAs = <T>(code: RefusalCode, result: Result<T>): Answer<T> =>
  result.ok ? result : refuse(code, result.error.message)
