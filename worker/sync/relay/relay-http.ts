import type { WorkspaceId } from '../../../protocol/ids.ts'
import { encodeStatements } from '../../../protocol/relay-bodies.ts'
import {
  ACCESS_TYPE,
  type AccessAnswer,
  type AccessWritten,
  accessPath,
  CBOR_TYPE,
  OPERATOR_CODE_HEADER,
  type RefusalAnswer,
  workspacePath,
} from '../../../protocol/relay-http.ts'
import { isRefusalCode } from '../../../protocol/relay-messages.ts'
import { fail, ok, type Result } from '../../../protocol/result.ts'

/** What is said about the members, at a relay. Errors: a `RefusalCode`, or `unreachable` where no relay answered. */
export interface AccessHttp {
  readAccess(token: string): Promise<Result<readonly string[]>>
  /** `token` is an owner's, to use a relay again from which the workspace was deleted. */
  writeAccess(statement: string, operatorCode: string | null, token?: string): Promise<Result<null>>
  /** Several that may have an effect only together, each after those it builds on: the places of those not taken. */
  writeTogether(statements: readonly string[]): Promise<Result<ReadonlySet<number>>>
}

export interface RelayHttp extends AccessHttp {
  /** Deletes what the relay holds of the workspace; fine where there is nothing. `token` is an owner's. */
  remove(token: string): Promise<Result<null>>
  /** What time it is there; null where nobody says. */
  time(): Promise<number | null>
}

export type Fetch = (address: string, init?: RequestInit) => Promise<Response>

const TIMEOUT_MS = 20_000

const unreachable = (origin: string) =>
  fail(
    'unreachable',
    `No Holdfast relay answers at ${origin}. Check the address, and that this device is online.`,
  )

const refusal = async (origin: string, response: Response): Promise<Result<never>> => {
  try {
    const { error } = (await response.json()) as RefusalAnswer
    if (isRefusalCode(error.code)) return fail(error.code, String(error.message))
  } catch {
    // whatever answered is no relay: say so below
  }
  return unreachable(origin)
}

export const createRelayHttp = (origin: string, workspace: WorkspaceId, fetch: Fetch): RelayHttp => {
  const address = `${origin}${accessPath(workspace)}`
  const ask = async (init: RequestInit, at = address): Promise<Result<Response>> => {
    try {
      const signal = AbortSignal.timeout(TIMEOUT_MS)
      const response = await fetch(at, { ...init, signal, credentials: 'omit', redirect: 'error' })
      return response.ok ? ok(response) : await refusal(origin, response)
    } catch {
      return unreachable(origin)
    }
  }
  return {
    readAccess: async token => {
      const answer = await ask({ headers: { authorization: `Bearer ${token}` } })
      if (!answer.ok) return answer
      try {
        const { statements } = (await answer.value.json()) as AccessAnswer
        return Array.isArray(statements) && statements.every(text => typeof text === 'string')
          ? ok(statements)
          : unreachable(origin)
      } catch {
        return unreachable(origin)
      }
    },
    writeAccess: async (statement, operatorCode, token) => {
      const headers: Record<string, string> = { 'content-type': ACCESS_TYPE }
      if (operatorCode !== null) headers[OPERATOR_CODE_HEADER] = operatorCode
      if (token !== undefined) headers.authorization = `Bearer ${token}`
      const answer = await ask({ method: 'PUT', body: statement, headers })
      return answer.ok ? ok(null) : answer
    },
    remove: async token => {
      const headers = { authorization: `Bearer ${token}` }
      const answer = await ask({ method: 'DELETE', headers }, `${origin}${workspacePath(workspace)}`)
      return answer.ok || answer.error.code === 'unknown-workspace' ? ok(null) : answer
    },
    time: async () => {
      try {
        const signal = AbortSignal.timeout(TIMEOUT_MS)
        // Refused without a token, and dated like every answer.
        const { headers } = await fetch(address, { signal, credentials: 'omit', cache: 'no-store' })
        const time = Date.parse(headers.get('date') ?? '')
        return Number.isNaN(time) ? null : time
      } catch {
        return null
      }
    },
    writeTogether: async statements => {
      const body = new Uint8Array(encodeStatements(statements))
      const answer = await ask({ method: 'PUT', body, headers: { 'content-type': CBOR_TYPE } })
      if (!answer.ok) return answer
      try {
        const { refused } = (await answer.value.json()) as AccessWritten
        return ok(new Set(refused.map(({ index }) => index)))
      } catch {
        return unreachable(origin)
      }
    },
  }
}
