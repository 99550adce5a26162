import { describe, expect, test, vi } from 'vitest'
import { encodeStatements } from '../../protocol/relay-bodies.ts'
import {
  type AccessAnswer,
  accessPath,
  type RefusalAnswer,
  workspacePath,
} from '../../protocol/relay-http.ts'

import { CLOSE_CODES, type RefusalCode } from '../../protocol/relay-messages.ts'
import { openClient } from './support/client.ts'
import { aCore, enter } from './support/in-process.ts'
import {
  createDevice,
  createGroup,
  type Device,
  type Group,
  randomDocument,
  removeAct,
} from './support/member.ts'
import { aRelayHere, type RelayHere } from './support/relay-here.ts'
import { aGroupAt, aMemberAt, aRelay, join, post, putStatement } from './support/setup.ts'

vi.setConfig({ testTimeout: 60_000 })

const closingFor = (code: RefusalCode) => ({ code: CLOSE_CODES[code], reason: code })

/** Two devices, and a note at the relay. */
const setup = async (relay: Pick<RelayHere, 'url'>) => {
  const group = await aGroupAt(relay)
  const friend = await aMemberAt(relay, group, 'admin')
  const document = randomDocument()
  await post(relay, group, [{ document, envelopes: [await group.owner.seal(document)] }])
  return { group, friend, document }
}

type At = Pick<RelayHere, 'url'>

const remove = async (relay: At, group: Group, device: Device, scopes: readonly string[] = ['admin']) =>
  fetch(relay.url + workspacePath(group.workspace), {
    method: 'DELETE',
    headers: { authorization: `Bearer ${await device.token(relay.url, { scopes: scopes as ['admin'] })}` },
  })

const codeOf = async (response: Response): Promise<string> => {
  const { error } = (await response.json()) as RefusalAnswer
  expect(response.status).toBe(CLOSE_CODES[error.code] - 4000)
  return error.code
}

const turnedAway = async (relay: At, group: Group, device: Device) =>
  openClient(relay.url, group.workspace, { token: await device.token(relay.url) }).closed

describe('RLY-25: an owner deletes a workspace from a relay', () => {
  test('everybody is sent away at once and learns why, and nothing is taken any more', async () => {
    const relay = await aRelayHere()
    const { group, friend, document } = await setup(relay)
    const connected = [await join(relay, group), await join(relay, group, friend)]
    expect((await remove(relay, group, group.owner)).status).toBe(204)
    for (const client of connected) expect(await client.closed).toEqual(closingFor('workspace-deleted'))
    for (const device of [group.owner, friend])
      expect(await turnedAway(relay, group, device)).toEqual(closingFor('workspace-deleted'))
    const { answer } = await post(relay, group, [{ document, envelopes: [await group.owner.seal(document)] }])
    expect(answer.error?.code).toBe('workspace-deleted')
    expect(await codeOf(await putStatement(relay, group.workspace, group.statements[0]!))).toBe(
      'workspace-deleted',
    )
    expect((await remove(relay, group, group.owner)).status).toBe(204)
  })

  test('the statements of who may do what stay, and a restart changes nothing', async () => {
    const relay = await aRelay()
    const { group, friend } = await setup(relay)
    expect((await remove(relay, group, group.owner)).status).toBe(204)
    await relay.kill()
    const next = await aRelay({ dataDir: relay.dataDir })
    expect(await turnedAway(next, group, friend)).toEqual(closingFor('workspace-deleted'))
    const read = await fetch(next.url + accessPath(group.workspace), {
      headers: { authorization: `Bearer ${await friend.token(next.url)}` },
    })
    expect(((await read.json()) as AccessAnswer).statements).toEqual(group.statements)
  })

  test('only an owner with a token for that may', async () => {
    const relay = await aRelayHere()
    const { group, friend } = await setup(relay)
    const stranger = await createDevice(group.workspace)
    expect(await codeOf(await remove(relay, group, group.owner, ['read', 'write', 'join']))).toBe('scope')
    expect(await codeOf(await remove(relay, group, friend))).toBe('scope')
    expect(await codeOf(await remove(relay, group, stranger))).toBe('not-a-member')
    const bare = await fetch(relay.url + workspacePath(group.workspace), { method: 'DELETE' })
    expect(await codeOf(bare)).toBe('token-missing')
    const unknown = await createGroup()
    expect(await codeOf(await remove(relay, unknown, unknown.owner))).toBe('unknown-workspace')
    await join(relay, group)
  })

  test('whoever was removed before cannot bring it back; an owner can, to an empty log with another id', async () => {
    const relay = await aRelayHere()
    const { group, friend, document } = await setup(relay)
    const { log } = await (await join(relay, group)).next('slots').then(async () => {
      const client = await openClient(relay.url, group.workspace, {
        token: await group.owner.token(relay.url),
      })
      const hello = await client.next('hello')
      await client.close()
      return hello
    })
    await putStatement(relay, group.workspace, await group.say(removeAct([friend.id])))
    await remove(relay, group, group.owner)
    const bringBack = async (device: Device) =>
      putStatement(relay, group.workspace, group.statements[0]!, {
        authorization: `Bearer ${await device.token(relay.url, { scopes: ['admin'] })}`,
      })
    expect(await codeOf(await bringBack(friend))).toBe('not-a-member')
    expect(await turnedAway(relay, group, group.owner)).toEqual(closingFor('workspace-deleted'))
    expect((await bringBack(group.owner)).status).toBe(201)
    expect(await turnedAway(relay, group, friend)).toEqual(closingFor('not-a-member'))
    const again = openClient(relay.url, group.workspace, { token: await group.owner.token(relay.url) })
    const hello = await again.next('hello')
    expect(hello).toMatchObject({ head: { position: 0, stamp: null }, generation: 3 })
    expect(hello.log).not.toBe(log)
    again.send({ type: 'append', document, envelopes: [(await group.owner.seal(document)).bytes] })
    expect(await again.next('known')).toMatchObject({ to: { position: 1 } })
    await again.close()
  })

  test('what was on its way is deleted too or refused, and never stays', async () => {
    const core = aCore()
    const group = await createGroup()
    await core.relay.access.write(group.workspace, encodeStatements(group.statements), null)
    const client = await enter(core, group)
    const document = randomDocument()
    const underWay = client.send({
      type: 'append',
      document,
      envelopes: [(await group.owner.seal(document)).bytes],
    })
    const token = await group.owner.token('https://relay.test', { scopes: ['admin'] })
    expect(await core.relay.deletion.remove(group.workspace, token)).toEqual({ ok: true, value: null })
    await underWay
    expect(client.closing()).toEqual(closingFor('workspace-deleted'))
    expect(core.disk.logs.get(group.workspace)).toMatchObject({ entries: [], deleted: true })
  })

  test('RLY-6: where the disk fails, nothing changes for anybody', async () => {
    const core = aCore()
    const group = await createGroup()
    await core.relay.access.write(group.workspace, encodeStatements(group.statements), null)
    const client = await enter(core, group)
    core.disk.full = true
    const token = await group.owner.token('https://relay.test', { scopes: ['admin'] })
    expect(await core.relay.deletion.remove(group.workspace, token)).toMatchObject({
      error: { code: 'internal' },
    })
    core.disk.full = false
    expect(client.closing()).toBeNull()
    const document = randomDocument()
    await client.send({ type: 'append', document, envelopes: [(await group.owner.seal(document)).bytes] })
    await client.got('known')
  })
})

describe('RLY-25: an owner deletes a workspace for everyone', () => {
  test('it is deleted here too, for good, and members can still read that it was', async () => {
    const relay = await aRelayHere()
    const { group, friend } = await setup(relay)
    const connected = [await join(relay, group), await join(relay, group, friend)]
    expect((await putStatement(relay, group.workspace, await group.say({ do: 'end' }))).status).toBe(200)
    for (const client of connected) expect(await client.closed).toEqual(closingFor('workspace-deleted'))
    const read = await fetch(relay.url + accessPath(group.workspace), {
      headers: { authorization: `Bearer ${await friend.token(relay.url)}` },
    })
    expect(((await read.json()) as AccessAnswer).statements).toEqual(group.statements)
    const authorization = `Bearer ${await group.owner.token(relay.url, { scopes: ['admin'] })}`
    const again = await putStatement(relay, group.workspace, group.statements[0]!, { authorization })
    expect(await codeOf(again)).toBe('workspace-deleted')
    expect(await turnedAway(relay, group, group.owner)).toEqual(closingFor('workspace-deleted'))
    expect((await remove(relay, group, group.owner)).status).toBe(204)
  })

  test('only an owner can', async () => {
    const relay = await aRelayHere()
    const { group, friend } = await setup(relay)
    const text = await group.say({ do: 'end' }, friend)
    expect(await codeOf(await putStatement(relay, group.workspace, text))).toBe('access-invalid')
    await join(relay, group)
  })

  test('RLY-6: a disk that fails in the middle of it leaves it to the next who comes', async () => {
    let fails = true
    const core = aCore({
      wrap: store => ({
        ...store,
        empty: async id => {
          if (fails) throw new Error('The disk is full.')
          await store.empty(id)
        },
      }),
    })
    const group = await createGroup()
    await core.relay.access.write(group.workspace, group.statements[0]!, null)
    const client = await enter(core, group)
    const document = randomDocument()
    await client.send({ type: 'append', document, envelopes: [(await group.owner.seal(document)).bytes] })
    const end = await group.say({ do: 'end' })
    expect(await core.relay.access.write(group.workspace, end, null)).toMatchObject({
      error: { code: 'internal' },
    })
    client.session.ended()
    fails = false
    const late = await enter(core, group)
    expect(late.closing()).toEqual(closingFor('workspace-deleted'))
    expect(core.disk.logs.get(group.workspace)).toMatchObject({ entries: [], deleted: true })
  })
})
