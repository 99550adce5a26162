import { onTestFinished } from 'vitest'
import type { Role } from '../../../protocol/access/acts.ts'
import { encodeAppends, encodeStatements } from '../../../protocol/relay-bodies.ts'
import {
  ACCESS_TYPE,
  type AccessWritten,
  type AppendAnswer,
  accessPath,
  CBOR_TYPE,
  logPath,
  OPERATOR_CODE_HEADER,
} from '../../../protocol/relay-http.ts'
import { type RelayOptions, type RunningRelay, startRelay } from '../../support/relay.ts'
import { openClient, type TestClient } from './client.ts'
import { createGroup, type Device, type Group, type Sealed, type TokenOptions } from './member.ts'

/** A relay process for the length of one test. */
export const aRelay = async (options: RelayOptions = {}): Promise<RunningRelay> => {
  const relay = await startRelay(options)
  onTestFinished(() => relay.discard())
  return relay
}

export const putStatement = (
  relay: Pick<RunningRelay, 'url'>,
  workspace: string,
  statement: string,
  headers: Record<string, string> = {},
): Promise<Response> =>
  fetch(relay.url + accessPath(workspace), {
    method: 'PUT',
    body: statement,
    headers: { 'content-type': ACCESS_TYPE, ...headers },
  })

export const withCode = (code: string): Record<string, string> => ({ [OPERATOR_CODE_HEADER]: code })

/** A workspace that the relay has. */
export const aGroupAt = async (relay: Pick<RunningRelay, 'url'>): Promise<Group> => {
  const group = await createGroup()
  const answer = await putStatement(relay, group.workspace, group.statements[0]!)
  if (answer.status !== 201) throw new Error(await answer.text())
  return group
}

/** Brings all that was said so far; each is taken or refused for itself. */
export const putAll = (relay: Pick<RunningRelay, 'url'>, group: Group): Promise<AccessWritten> =>
  putTexts(relay, group, group.statements)

/** Brings some of it, together. */
export const putTexts = async (
  relay: Pick<RunningRelay, 'url'>,
  group: Group,
  texts: readonly string[],
): Promise<AccessWritten> => {
  const answer = await fetch(relay.url + accessPath(group.workspace), {
    method: 'PUT',
    body: encodeStatements(texts) as Uint8Array<ArrayBuffer>,
    headers: { 'content-type': CBOR_TYPE },
  })
  if (!answer.ok) throw new Error(await answer.text())
  return (await answer.json()) as AccessWritten
}

/** Another member, whom the relay knows. */
export const aMemberAt = async (
  relay: Pick<RunningRelay, 'url'>,
  group: Group,
  role: Role,
): Promise<Device> => {
  const device = await group.add(role)
  const { refused } = await putAll(relay, group)
  if (refused.length > 0) throw new Error(refused[0]!.message)
  return device
}

/** A client that was let in and greeted. */
export const join = async (
  relay: Pick<RunningRelay, 'url'>,
  group: Group,
  device: Device = group.owner,
  options: TokenOptions = {},
): Promise<TestClient> => {
  const client = openClient(relay.url, group.workspace, { token: await device.token(relay.url, options) })
  onTestFinished(() => client.socket.terminate())
  await client.next('hello')
  return client
}

export const post = async (
  relay: Pick<RunningRelay, 'url'>,
  group: Group,
  appends: readonly { readonly document: string; readonly envelopes: readonly Sealed[] }[],
  token?: string,
): Promise<{ status: number; answer: AppendAnswer & { error?: { code: string } } }> => {
  const response = await fetch(relay.url + logPath(group.workspace), {
    method: 'POST',
    headers: {
      'content-type': CBOR_TYPE,
      authorization: `Bearer ${token ?? (await group.owner.token(relay.url))}`,
    },
    body: encodeAppends(
      appends.map(({ document, envelopes }) => ({
        type: 'append',
        document,
        envelopes: envelopes.map(({ bytes }) => bytes),
      })),
    ) as Uint8Array<ArrayBuffer>,
  })
  return { status: response.status, answer: (await response.json()) as AppendAnswer }
}
