import { accessPath, type RefusalAnswer } from '../../protocol/relay-http.ts'
import type { Scope } from '../../protocol/token.ts'
import { Failed, REFUSED, UNREACHABLE } from './failure.ts'
import type { Account } from './key-file.ts'

/** Asks the relay and returns its answer; everything but a 2xx ends the command. */
export const ask = async (address: string, init: RequestInit = {}): Promise<Response> => {
  const { origin } = new URL(address)
  const response = await fetch(address, init).catch(() => {
    throw new Failed(UNREACHABLE, `No relay answers at ${origin}.`)
  })
  if (response.ok) return response
  const answer = (await response.json().catch(() => null)) as Partial<RefusalAnswer> | null
  if (!answer?.error) throw new Failed(UNREACHABLE, `What answers at ${origin} is no relay.`)
  throw new Failed(REFUSED, `The relay refused (${answer.error.code}): ${answer.error.message}`)
}

/** A request in the name of the account's device. */
export const askAs = async (
  account: Account,
  path: string,
  scope: Scope,
  init: RequestInit = {},
): Promise<Response> => {
  const authorization = `Bearer ${await account.token([scope])}`
  return ask(account.relay + path, { ...init, headers: { ...init.headers, authorization } })
}

export const accessAddress = (relay: string, workspace: string): string => relay + accessPath(workspace)
