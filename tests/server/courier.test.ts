import { expect, test, vi } from 'vitest'
import { appointCourier } from '../../protocol/courier.ts'
import { HOME_DOCUMENT } from '../../protocol/ids.ts'
import { encodeAppends } from '../../protocol/relay-bodies.ts'
import { accessPath, CBOR_TYPE, logPath, type RefusalAnswer } from '../../protocol/relay-http.ts'
import { CLOSE_CODES } from '../../protocol/relay-messages.ts'
import { type Scope, signToken } from '../../protocol/token.ts'
import { openClient } from './support/client.ts'
import { createKeys, type Group, type KeyPair, seconds } from './support/member.ts'
import { aRelayHere, type RelayHere } from './support/relay-here.ts'
import { aGroupAt, aMemberAt } from './support/setup.ts'

vi.setConfig({ testTimeout: 60_000 })

const setup = async () => {
  const relay = await aRelayHere()
  const group = await aGroupAt(relay)
  const courier = await createKeys()
  const by = await appointCourier(courier.publicKey, appointing(group.owner))
  return { relay, group, courier, by }
}

const appointing = ({ privateKey, publicKey }: KeyPair) => ({ signing: privateKey, publicKey })

const tokenOf = (
  relay: RelayHere,
  group: Group,
  keys: KeyPair,
  by: string,
  scopes: readonly Scope[] = ['deliver'],
): Promise<string> => {
  const request = { workspace: group.workspace, audience: relay.url, scopes, generation: 0, now: seconds() }
  return signToken(request, keys.privateKey, keys.publicKey, by)
}

const deliver = async (relay: RelayHere, group: Group, token: string, sealer = group.owner) => {
  const { bytes } = await sealer.seal(HOME_DOCUMENT)
  const body = encodeAppends([{ type: 'append', document: HOME_DOCUMENT, envelopes: [bytes] }])
  return fetch(relay.url + logPath(group.workspace), {
    method: 'POST',
    body: body as Uint8Array<ArrayBuffer>,
    headers: { authorization: `Bearer ${token}`, 'content-type': CBOR_TYPE },
  })
}

const codeOf = async (response: Response): Promise<string> =>
  ((await response.json()) as RefusalAnswer).error.code

test('BOX-6: whom a device appointed delivers what the device sealed', async () => {
  const { relay, group, courier, by } = await setup()
  const answer = await deliver(relay, group, await tokenOf(relay, group, courier, by))
  expect(await answer.json()).toMatchObject({ known: [{ document: HOME_DOCUMENT }], refused: [] })
})

test('BOX-6: a courier reads nothing, connects to nothing and asks for nothing more', async () => {
  const { relay, group, courier, by } = await setup()
  const token = await tokenOf(relay, group, courier, by)
  const headers = { authorization: `Bearer ${token}` }
  for (const path of [logPath(group.workspace), accessPath(group.workspace)])
    expect(await codeOf(await fetch(relay.url + path, { headers }))).toBe('scope')
  const gone = await fetch(relay.url + accessPath(group.workspace).replace('/access', ''), {
    method: 'DELETE',
    headers,
  })
  expect(await codeOf(gone)).toBe('scope')
  const client = openClient(relay.url, group.workspace, { token })
  expect(await client.closed).toMatchObject({ code: CLOSE_CODES.scope })

  for (const scopes of [['write'], ['deliver', 'read'], ['admin']] as const) {
    const greedy = await tokenOf(relay, group, courier, by, scopes)
    expect(await codeOf(await deliver(relay, group, greedy))).toBe('token-invalid')
  }
})

test('BOX-6: nobody is a courier whom no member appointed, and none longer than its device is a member', async () => {
  const { relay, group, courier, by } = await setup()
  const [thief, stranger] = [await createKeys(), await createKeys()]
  const appointments = [
    by,
    await appointCourier(courier.publicKey, appointing(stranger)),
    `${by}A`,
    'nonsense',
  ]
  expect(await codeOf(await deliver(relay, group, await tokenOf(relay, group, thief, by)))).toBe(
    'token-invalid',
  )
  const answers = appointments.map(
    async text => (await deliver(relay, group, await tokenOf(relay, group, courier, text))).status,
  )
  expect(await Promise.all(answers)).toEqual([200, 403, 401, 401])

  const reader = await aMemberAt(relay, group, 'reader')
  const ofReader = await appointCourier(courier.publicKey, appointing(reader))
  const refused = await deliver(relay, group, await tokenOf(relay, group, courier, ofReader), reader)
  expect(await codeOf(refused)).toBe('scope')
})
