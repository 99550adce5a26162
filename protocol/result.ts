/** What can go wrong, as plain data that crosses every boundary. `message` is a whole sentence for the person. */
export interface Failure {
  readonly code: string
  readonly message: string
}

export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: Failure }

export const ok = <T>(value: T): Result<T> => ({ ok: true, value })

export const fail = (code: string, message: string): { readonly ok: false; readonly error: Failure } => ({
  ok: false,
  error: { code, message },
})
