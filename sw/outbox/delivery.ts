import { encodeAppends } from '../../protocol/relay-bodies.ts'
import { type AppendAnswer, CBOR_TYPE, logPath, type RefusalAnswer } from '../../protocol/relay-http.ts'
import { isRefusalCode, type RefusalCode } from '../../protocol/relay-messages.ts'
import { signToken } from '../../protocol/token.ts'
import type { Batch } from './batches.ts'
import type { SigningKeys } from './device-keys.ts'

/** What became of one request. */
export type Delivery =
  | { readonly type: 'answered'; readonly answer: AppendAnswer }
  | { readonly type: 'refused'; readonly code: RefusalCode; readonly message: string }
  /** No answer, or none that can be understood: nothing is known, and everything stays. */
  | { readonly type: 'failed' }
  /** This device has no key to sign with: everything waits for the app. */
  | { readonly type: 'no-key' }

export type Deliver = (batch: Batch) => Promise<Delivery>

export interface DeliveryDependencies {
  readonly fetch: typeof fetch
  /** What to sign with, or null where there is nothing (any more). */
  readonly keys: () => Promise<SigningKeys | null>
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** A relay that has not answered by then is given up for this time. */
  readonly timeoutMs: number
}

export const createDelivery =
  ({ fetch, keys, now, timeoutMs }: DeliveryDependencies): Deliver =>
  async batch => {
    const device = await keys()
    if (!device) return { type: 'no-key' }
    const { relay, workspace } = batch[0]!.entry
    const token = await signToken(
      {
        workspace,
        audience: relay,
        scopes: [device.by === undefined ? 'write' : 'deliver'],
        generation: Math.max(...batch.map(({ entry }) => entry.generation)),
        now: Math.floor(now() / 1000),
      },
      device.signing,
      device.publicKey,
      device.by,
    )
    const body = encodeAppends(
      batch.map(({ entry }) => ({ type: 'append', document: entry.document, envelopes: entry.envelopes })),
    )
    try {
      const response = await fetch(`${relay}${logPath(workspace)}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': CBOR_TYPE },
        body: new Uint8Array(body),
        cache: 'no-store',
        credentials: 'omit',
        redirect: 'error', // a token is for one relay
        referrerPolicy: 'no-referrer',
        signal: AbortSignal.timeout(timeoutMs), // it also ends an answer that never ends
      })
      const answer: unknown = await response.json()
      return response.ok ? readAnswer(answer) : readRefusal(answer)
    } catch {
      return { type: 'failed' } // no network, time-out, or an answer from something that is no relay
    }
  }

const isTextList = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every(item => typeof item === 'string')

const readAnswer = (value: unknown): Delivery => {
  const { known, refused } = (value ?? {}) as Partial<Record<keyof AppendAnswer, unknown>>
  if (!Array.isArray(known) || !Array.isArray(refused)) return { type: 'failed' }
  const understood =
    [...known, ...refused].every(part => typeof part?.document === 'string' && isTextList(part.envelopes)) &&
    refused.every(part => isRefusalCode(part.code) && typeof part.message === 'string')
  return understood ? { type: 'answered', answer: value as AppendAnswer } : { type: 'failed' }
}

const readRefusal = (value: unknown): Delivery => {
  const { code, message } = (value as RefusalAnswer | null)?.error ?? {}
  return isRefusalCode(code) && typeof message === 'string'
    ? { type: 'refused', code, message }
    : { type: 'failed' }
}
