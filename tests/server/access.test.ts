import { describe, expect, test, vi } from 'vitest'
import { MAX_STATEMENT_BYTES } from '../../protocol/limits.ts'
import { encodeStatements } from '../../protocol/relay-bodies.ts'
import {
  type AccessAnswer,
  type AccessWritten,
  accessPath,
  CBOR_TYPE,
  type RefusalAnswer,
} from '../../protocol/relay-http.ts'
import { CLOSE_CODES } from '../../protocol/relay-messages.ts'
import {
  cardAct,
  createDevice,
  createGroup,
  createKeys,
  type Device,
  type Group,
  inviteAct,
  joinAct,
  removeAct,
  rotateAct,
  seconds,
} from './support/member.ts'
import { aRelayHere, type RelayHere } from './support/relay-here.ts'
import { aGroupAt, aMemberAt, aRelay, join, putAll, putStatement, withCode } from './support/setup.ts'

vi.setConfig({ testTimeout: 60_000 })

/** The code of a refusal, after its status was found to be the one that belongs to it. */
const refusalIn = async (response: Response): Promise<string> => {
  const { error } = (await response.json()) as RefusalAnswer
  expect(response.status).toBe(CLOSE_CODES[error.code] - 4000)
  expect(error.message).toMatch(/^[A-Z].*\.$/)
  return error.code
}

const setup = async () => {
  const relay = await aRelayHere()
  const group = await aGroupAt(relay)
  const put = (text: string) => putStatement(relay, group.workspace, text)
  const read = async (device: Device = group.owner, scopes: readonly ['join'] | undefined = undefined) => {
    const token = await device.token(relay.url, scopes && { scopes })
    const response = await fetch(relay.url + accessPath(group.workspace), {
      headers: { authorization: `Bearer ${token}` },
    })
    return response.ok ? ((await response.json()) as AccessAnswer).statements : refusalIn(response)
  }
  return { relay, group, put, read }
}

const digestAt = async (relay: RelayHere, group: Group): Promise<string> => {
  const client = await join(relay, group)
  const hello = client.received[0]!
  await client.close()
  return hello.type === 'hello' ? hello.access : ''
}

describe('RLY-12: what is said about members', () => {
  test('grows by what builds on it, and is read back as it came', async () => {
    const { relay, group, put, read } = await setup()
    const friend = await aMemberAt(relay, group, 'admin')
    expect((await put(await group.say(rotateAct(2, [group.owner.id]), friend))).status).toBe(200)
    expect(await read()).toEqual(group.statements)
    expect(await read(friend)).toEqual(group.statements)
  })

  test('the same again is fine, what builds on something unknown is a conflict', async () => {
    const { group, put, read } = await setup()
    const [one, two] = [
      await group.say(rotateAct(2, [group.owner.id])),
      await group.say(rotateAct(3, [group.owner.id])),
    ]
    expect(await refusalIn(await put(two))).toBe('access-conflict')
    for (const text of [one, two, one, group.statements[0]!]) expect((await put(text)).status).toBe(200)
    expect(await read()).toEqual(group.statements)
  })

  test('of what two say at the same time both are kept, in whatever order they come', async () => {
    const relays = [await aRelayHere(), await aRelayHere()]
    const group = await createGroup()
    const friend = await group.add('admin')
    const heard = group.statements.length
    const texts = [
      await group.say(rotateAct(2, [group.owner.id]), group.owner, { heard }),
      await group.say(rotateAct(3, [friend.id]), friend, { heard }),
    ]
    for (const [index, relay] of relays.entries()) {
      for (const text of group.statements.slice(0, heard))
        expect((await putStatement(relay, group.workspace, text)).ok).toBe(true)
      for (const text of index === 0 ? texts : texts.toReversed())
        expect((await putStatement(relay, group.workspace, text)).status).toBe(200)
    }
    const [here, there] = await Promise.all(relays.map(relay => digestAt(relay, group)))
    expect(here).toMatch(/^[\w-]{43}$/)
    expect(here).toBe(there)
  })

  test('several come at once, each taken or refused for itself', async () => {
    const { relay, group, read } = await setup()
    const stranger = await createKeys()
    const [friend, ours] = [await group.add('editor'), group.statements.length]
    await group.say(cardAct(friend.id, 'x'), stranger)
    await group.say(cardAct(friend.id, 'y'), friend, { heard: ours })
    group.statements.push('nonsense')
    const { refused, ...written } = await putAll(relay, group)
    expect(refused).toMatchObject([
      { index: 3, code: 'access-invalid' },
      { index: 5, code: 'access-invalid' },
    ])
    expect(written).toEqual({ generation: 3, access: await digestAt(relay, group) })
    expect(await read()).toEqual([...group.statements.slice(0, 3), group.statements[4]])
  })

  test('a whole workspace is made by one body', async () => {
    const relay = await aRelayHere()
    const group = await createGroup()
    const friend = await group.add('reader')
    const response = await fetch(relay.url + accessPath(group.workspace), {
      method: 'PUT',
      body: encodeStatements(group.statements) as Uint8Array<ArrayBuffer>,
      headers: { 'content-type': CBOR_TYPE },
    })
    expect(response.status).toBe(201)
    expect((await response.json()) as AccessWritten).toMatchObject({ generation: 2, refused: [] })
    await join(relay, group, friend)
  })

  test('what has an effect only for what builds on it is taken together with that', async () => {
    const { relay, group, put } = await setup()
    const admin = await aMemberAt(relay, group, 'admin')
    const friend = await aMemberAt(relay, group, 'editor')
    const heard = group.statements.length
    // The owner removes the admin, who makes an invitation meanwhile; somebody who had heard of both goes on from there.
    const removal = await group.say(removeAct([admin.id]), group.owner, { heard })
    const invitation = await createKeys()
    const invited = await group.say(inviteAct(invitation.id, 'editor'), admin, { heard })
    const later = await group.say(cardAct(friend.id, 'name'), friend)
    expect((await put(removal)).status).toBe(200)
    expect(await refusalIn(await put(invited))).toBe('access-invalid')
    expect(await refusalIn(await put(later))).toBe('access-conflict')
    expect((await putAll(relay, group)).refused).toEqual([])
    expect((await put(later)).status).toBe(200)
  })

  test('what its signer may not say is refused, and so is what is none', async () => {
    const { relay, group, put } = await setup()
    const [stranger, reader] = [await createKeys(), await aMemberAt(relay, group, 'reader')]
    const heard = group.statements.length
    for (const [acts, signer] of [
      [inviteAct(stranger.id, 'owner'), stranger],
      [inviteAct(stranger.id, 'reader'), reader],
      [removeAct([group.owner.id]), reader],
      [{ do: 'role', person: reader.id, role: 'owner', cuts: {} }, reader],
      [rotateAct(9, [reader.id]), reader],
      [{ do: 'end' }, reader],
    ] as const) {
      const text = await group.say(acts, signer, { heard })
      expect(await refusalIn(await put(text))).toBe('access-invalid')
    }
    const nobody = { 'content-type': CBOR_TYPE }
    const empty = encodeStatements([]) as Uint8Array<ArrayBuffer>
    const address = relay.url + accessPath((await createGroup()).workspace)
    expect(await refusalIn(await put('nonsense'))).toBe('access-invalid')
    expect(await refusalIn(await fetch(address, { method: 'PUT', body: empty, headers: nobody }))).toBe(
      'malformed',
    )
    expect(await refusalIn(await put('x'.repeat(MAX_STATEMENT_BYTES + 1)))).toBe('too-large')
  })

  test('an invitation reads what is said and adds its device, until it was used or runs out', async () => {
    const { relay, group, put, read } = await setup()
    const [good, late] = [await createDevice(group.workspace), await createDevice(group.workspace)]
    const joining = await createDevice(group.workspace)
    await put(await group.say(inviteAct(good.id, 'editor')))
    await put(await group.say(inviteAct(late.id, 'editor', { exp: seconds() - 600 })))
    expect(await read(late, ['join'])).toBe('not-a-member')
    expect(
      await refusalIn(
        await put(await group.say(await joinAct(group.workspace, late, joining), late, { heard: 3 })),
      ),
    ).toBe('access-invalid')
    group.statements.pop()
    expect(await read(good, ['join'])).toEqual(group.statements)
    expect(
      (await put(await group.say(await joinAct(group.workspace, good, joining), good, { heard: 3 }))).status,
    ).toBe(200)
    expect(await read(good, ['join'])).toBe('not-a-member')
    await join(relay, group, joining)
  })

  test('a recovery key does not run out', async () => {
    const { group, put, read } = await setup()
    const recovery = await createDevice(group.workspace)
    const terms = { exp: null, person: group.owner.id, once: false }
    expect((await put(await group.say(inviteAct(recovery.id, null, terms)))).status).toBe(200)
    expect(await read(recovery, ['join'])).toEqual(group.statements)
  })
})

describe('RLY-13: how a workspace begins', () => {
  test('with a statement of its own key; a later one finds no workspace', async () => {
    const relay = await aRelayHere()
    const [group, other] = [await createGroup(), await createGroup()]
    const put = (text: string) => putStatement(relay, group.workspace, text)
    expect(await refusalIn(await put(other.statements[0]!))).toBe('access-invalid')
    const later = await group.say(rotateAct(2, [group.owner.id]))
    expect(await refusalIn(await put(later))).toBe('unknown-workspace')
    expect(await refusalIn(await putStatement(relay, 'nonsense', later))).toBe('unknown-workspace')
  })

  test('only once: whoever kept its key cannot make it begin anew', async () => {
    const { signStatement } = await import('../../protocol/access/statement.ts')
    const relay = await aRelayHere()
    const key = await createKeys()
    const [first, second] = [await createDevice(key.id), await createDevice(key.id)]
    const founding = (device: Device) =>
      signStatement(
        {
          ws: key.id,
          gen: 0,
          prev: [],
          iat: seconds(),
          acts: [{ do: 'found', device: device.id, sealing: device.id, card: null }],
        },
        key.privateKey,
        key.publicKey,
      )
    expect((await putStatement(relay, key.id, await founding(first))).status).toBe(201)
    for (let n = 0; n < 8; n += 1)
      expect(await refusalIn(await putStatement(relay, key.id, await founding(second)))).toBe(
        'access-conflict',
      )
  })

  test('with the operator’s code, where one is asked for', async () => {
    const guarded = await aRelayHere({ HOLDFAST_OPERATOR_CODE: 'open sesame' })
    const group = await createGroup()
    const put = (headers = {}) => putStatement(guarded, group.workspace, group.statements[0]!, headers)
    expect(await refusalIn(await put())).toBe('operator-code')
    expect(await refusalIn(await put(withCode('guess')))).toBe('operator-code')
    expect((await put(withCode('open sesame'))).status).toBe(201)
    const more = await group.say(rotateAct(2, [group.owner.id]))
    expect((await putStatement(guarded, group.workspace, more)).status).toBe(200)
    await join(guarded, group)
  })

  test('not at all before a code is set, where others can reach the relay', async () => {
    const open = await aRelay({ env: { HOST: '0.0.0.0' } })
    expect(open.logs()).toContain('HOLDFAST_OPERATOR_CODE')
    const group = await createGroup()
    expect(await refusalIn(await putStatement(open, group.workspace, group.statements[0]!))).toBe(
      'operator-code',
    )
  })
})
