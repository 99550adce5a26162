import { describe, expect, test, vi } from 'vitest'
import { type AccessAnswer, accessPath, logPath, type RefusalAnswer } from '../../protocol/relay-http.ts'
import { CLOSE_CODES, type RefusalCode } from '../../protocol/relay-messages.ts'
import { signToken } from '../../protocol/token.ts'
import { openClient, type TestClient } from './support/client.ts'
import {
  createDevice,
  createGroup,
  type Group,
  inviteAct,
  joinAct,
  randomDocument,
  removeAct,
  rotateAct,
  type Sealed,
  seconds,
} from './support/member.ts'
import { aRelayHere, type RelayHere } from './support/relay-here.ts'
import { aGroupAt, aMemberAt, join, post, putAll, putStatement, putTexts } from './support/setup.ts'

vi.setConfig({ testTimeout: 60_000 })

const closingFor = (code: RefusalCode) => ({ code: CLOSE_CODES[code], reason: code })

const setup = async () => {
  const relay = await aRelayHere()
  const group = await aGroupAt(relay)
  const document = randomDocument()
  const put = async (text: string) => {
    const response = await putStatement(relay, group.workspace, text)
    return response.ok ? 'taken' : ((await response.json()) as RefusalAnswer).error.code
  }
  return { relay, group, document, put }
}

const append = (client: TestClient, document: string, ...envelopes: readonly Sealed[]) =>
  client.send({ type: 'append', document, envelopes: envelopes.map(({ bytes }) => bytes) })

const turnedAway = async (relay: RelayHere, group: Group, token: string) =>
  openClient(relay.url, group.workspace, { token }).closed

/** The digest of what is known at a relay, which an owner is greeted with. */
const digestAt = async (relay: RelayHere, group: Group): Promise<string> => {
  const client = await join(relay, group)
  const [hello] = client.received
  await client.close()
  return hello?.type === 'hello' ? hello.access : ''
}

const readAccess = (relay: RelayHere, group: Group, token: string) =>
  fetch(relay.url + accessPath(group.workspace), { headers: { authorization: `Bearer ${token}` } })

describe('RLY-10, RLY-12: a removed member who keeps writing', () => {
  const removed = async () => {
    const made = await setup()
    const { relay, group, put } = made
    const bob = await aMemberAt(relay, group, 'editor')
    const oldToken = await bob.token(relay.url)
    const theirs = await join(relay, group, bob)
    const ours = await join(relay, group)
    const cuts = { [bob.id]: { [bob.session]: 2 } }
    const acts = [removeAct([bob.id], cuts), rotateAct(2, [group.owner.id])]
    expect(await put(await group.say(acts))).toBe('taken')
    return { ...made, bob, oldToken, theirs, ours }
  }

  test('may read who removed it, and nothing that was said since', async () => {
    const { relay, group, put, oldToken } = await removed()
    const upToThere = [...group.statements]
    expect(await put(await group.say(rotateAct(3, [group.owner.id])))).toBe('taken')
    const answer = await readAccess(relay, group, oldToken)
    expect((await answer.json()) as AccessAnswer).toEqual({ statements: upToThere })
    const stranger = await createDevice(group.workspace)
    expect((await readAccess(relay, group, await stranger.token(relay.url))).status).toBe(403)
  })

  test('is sent away in that moment, and an old token opens nothing more', async () => {
    const { relay, group, document, bob, oldToken, theirs } = await removed()
    expect(await theirs.closed).toEqual(closingFor('not-a-member'))
    expect(await turnedAway(relay, group, oldToken)).toEqual(closingFor('not-a-member'))
    const envelopes = [await bob.seal(document)]
    const { answer } = await post(relay, group, [{ document, envelopes }], oldToken)
    expect(answer.error?.code).toBe('not-a-member')
    const read = await fetch(relay.url + logPath(group.workspace), {
      headers: { authorization: `Bearer ${oldToken}` },
    })
    expect(read.status).toBe(403)
  })

  test('finds nobody who could bring what was written under old keys or new, but for what was there before', async () => {
    const { ours, document, bob } = await removed()
    const before = await bob.seal(document, { sequence: 2 })
    append(ours, document, before)
    expect((await ours.next('known')).envelopes).toEqual([before.id])
    for (const [sequence, epoch] of [
      [3, 1],
      [4, 2],
    ] as const) {
      const late = await bob.seal(document, { sequence, epoch })
      append(ours, document, late)
      expect(await ours.next('refused')).toMatchObject({ code: 'not-a-member', envelopes: [late.id] })
    }
  })

  test('cannot begin another session to get around the cut', async () => {
    const { relay, ours, document, bob, group } = await removed()
    const again = await createDevice(group.workspace, bob)
    const late = await again.seal(document, { sequence: 1 })
    append(ours, document, late)
    expect(await ours.next('refused')).toMatchObject({ code: 'not-a-member', envelopes: [late.id] })
    expect(await turnedAway(relay, group, await again.token(relay.url))).toEqual(closingFor('not-a-member'))
  })

  test('cannot write as another member: not with an envelope, not with a token, not on an open connection', async () => {
    const { relay, group, ours, document, bob } = await removed()
    const inHerName = await bob.seal(document, { as: group.owner })
    append(ours, document, inHerName)
    expect(await ours.next('refused')).toMatchObject({
      code: 'envelope-signature',
      envelopes: [inHerName.id],
    })
    const request = {
      workspace: group.workspace,
      audience: relay.url,
      scopes: ['read', 'write'] as const,
      generation: 0,
      now: seconds(),
    }
    const forged = await signToken(request, bob.privateKey, group.owner.publicKey)
    expect(await turnedAway(relay, group, forged)).toEqual(closingFor('token-invalid'))
    ours.send({ type: 'renew', token: await bob.token(relay.url) })
    expect(await ours.next('refused')).toMatchObject({ code: 'token-invalid' })
  })

  test('has a place at another relay only until that hears of it, and nothing comes back from there', async () => {
    const { relay, group, document, bob, ours } = await removed()
    const other = await aRelayHere()
    const heardThere = group.statements.slice(0, -1)
    for (const text of heardThere) await putStatement(other, group.workspace, text)
    const there = await join(other, group, bob)
    const late = await bob.seal(document, { sequence: 3 })
    append(there, document, late)
    expect((await there.next('known')).envelopes).toEqual([late.id])
    // An honest device passes on what it found there, and brings what it knows.
    append(ours, document, late)
    expect(await ours.next('refused')).toMatchObject({ code: 'not-a-member' })
    expect((await putAll(other, group)).refused).toEqual([])
    expect(await there.closed).toEqual(closingFor('not-a-member'))
    expect(await turnedAway(other, group, await bob.token(other.url))).toEqual(closingFor('not-a-member'))
    expect(await digestAt(other, group)).toBe(await digestAt(relay, group))
  })

  test('has no say any more, not even by pretending not to have heard', async () => {
    const { group, bob, put } = await removed()
    const heard = group.statements.length - 1
    const friend = await createDevice(group.workspace)
    for (const how of [{ heard }, { heard: heard + 1 }])
      for (const act of [inviteAct(friend.id, null, { person: bob.id }), removeAct([bob.id])])
        expect(await put(await group.say(act, bob, how))).not.toBe('taken')
  })
})

describe('RLY-11: a reader who writes', () => {
  const withReader = async () => {
    const made = await setup()
    const reader = await aMemberAt(made.relay, made.group, 'reader')
    return { ...made, reader, theirs: await join(made.relay, made.group, reader) }
  }

  test('is refused on a connection and by HTTP, and goes on reading', async () => {
    const { relay, group, document, reader, theirs } = await withReader()
    const sealed = await reader.seal(document)
    append(theirs, document, sealed)
    expect(await theirs.next('refused')).toMatchObject({ code: 'scope', document })
    const snapshot = await reader.seal(document, { kind: 'snapshot' })
    theirs.send({ type: 'replace', document, envelope: snapshot.bytes, replaced: [] })
    expect(await theirs.next('refused')).toMatchObject({ code: 'scope', document })
    const token = await reader.token(relay.url, { scopes: ['read', 'write', 'admin'] })
    const { answer } = await post(relay, group, [{ document, envelopes: [sealed] }], token)
    expect(answer.error?.code).toBe('scope')
    theirs.send({ type: 'load', document, after: 0, request: 1 })
    const ours = await group.owner.seal(document)
    await theirs.next('done')
    await post(relay, group, [{ document, envelopes: [ours] }])
    expect((await theirs.next('content')).entries).toEqual([{ position: 1, envelope: ours.bytes }])
  })

  test('finds no writer who could bring it', async () => {
    const { relay, group, document, reader } = await withReader()
    const writer = await join(relay, group)
    const sealed = await reader.seal(document)
    append(writer, document, sealed)
    expect(await writer.next('refused')).toMatchObject({ code: 'scope', envelopes: [sealed.id] })
  })

  test('and one who becomes a reader writes no more from that moment on, on the same connection', async () => {
    const { relay, group, document, put } = await setup()
    const bob = await aMemberAt(relay, group, 'editor')
    const theirs = await join(relay, group, bob)
    const first = await bob.seal(document)
    append(theirs, document, first)
    await theirs.next('known')
    const cuts = { [bob.id]: { [bob.session]: 1 } }
    expect(await put(await group.say({ do: 'role', person: bob.id, role: 'reader', cuts }))).toBe('taken')
    await theirs.next('access')
    append(theirs, document, await bob.seal(document))
    expect(await theirs.next('refused')).toMatchObject({ code: 'scope', document })
    theirs.send({ type: 'load', document, after: 0, request: 1 })
    expect((await theirs.next('content')).entries.map(({ envelope }) => envelope)).toEqual([first.bytes])
  })

  test('what a remaining member wrote offline under keys of before is taken', async () => {
    const { relay, group, document, put } = await setup()
    expect(await put(await group.say(rotateAct(2, [group.owner.id])))).toBe('taken')
    const writer = await join(relay, group)
    const old = await group.owner.seal(document, { epoch: 1 })
    append(writer, document, old)
    expect((await writer.next('known')).envelopes).toEqual([old.id])
  })
})

describe('RLY-12: an invitation that was stolen and then taken back', () => {
  const stolen = async () => {
    const made = await setup()
    const { group, put } = made
    const [invitation, thief] = [await createDevice(group.workspace), await createDevice(group.workspace)]
    await put(await group.say(inviteAct(invitation.id, 'editor', { once: false })))
    const heard = group.statements.length
    return { ...made, invitation, thief, heard }
  }

  test('reads nothing and lets nobody in, whatever its holder claims to have heard', async () => {
    const { relay, group, put, invitation, thief, heard } = await stolen()
    const token = await invitation.token(relay.url, { scopes: ['join'] })
    expect((await readAccess(relay, group, token)).status).toBe(200)
    await put(await group.say({ do: 'revoke', invitation: invitation.id }))
    expect((await readAccess(relay, group, token)).status).toBe(403)
    for (const how of [{ heard }, { heard: heard + 1 }])
      expect(
        await put(await group.say(await joinAct(group.workspace, invitation, thief), invitation, how)),
      ).toBe('access-invalid')
    expect(await turnedAway(relay, group, await thief.token(relay.url))).toEqual(closingFor('not-a-member'))
  })

  test('used at a relay that has not heard, it ends when that hears', async () => {
    const { group, invitation, thief, heard, relay } = await stolen()
    const other = await aRelayHere()
    for (const text of group.statements) await putStatement(other, group.workspace, text)
    const revoked = await group.say({ do: 'revoke', invitation: invitation.id })
    const joined = await group.say(await joinAct(group.workspace, invitation, thief), invitation, { heard })
    expect((await putStatement(other, group.workspace, joined)).status).toBe(200)
    const theirs = await join(other, group, thief)
    expect((await putStatement(other, group.workspace, revoked)).status).toBe(200)
    expect(await theirs.closed).toEqual(closingFor('not-a-member'))
    await putStatement(relay, group.workspace, revoked)
    expect(await digestAt(other, group)).toBe(await digestAt(relay, group))
  })

  test('for one use, used at a relay that was late, it gives way to whom others have met', async () => {
    const { relay, group, put } = await setup()
    const invitation = await createDevice(group.workspace)
    const [bob, thief] = [await createDevice(group.workspace), await createDevice(group.workspace)]
    await put(await group.say(inviteAct(invitation.id, 'editor')))
    const heard = group.statements.length
    const joinOf = (device: typeof bob) => joinAct(group.workspace, invitation, device)
    const joined = await group.say(await joinOf(bob), invitation, { heard })
    const met = await group.say(rotateAct(2, [group.owner.id, bob.id]), group.owner, { heard: heard + 1 })
    const stolen = await group.say(await joinOf(thief), invitation, { heard })
    expect(await put(stolen)).toBe('taken')
    const theirs = await join(relay, group, thief)

    expect(await put(joined)).toBe('access-invalid')
    expect(await put(met)).toBe('access-conflict')
    const { refused } = await putTexts(relay, group, [joined, met])
    expect(refused).toEqual([])
    expect(await theirs.closed).toEqual(closingFor('not-a-member'))
    await (await join(relay, group, bob)).close()
    expect((await putTexts(relay, group, [stolen])).refused).toEqual([])
    expect(await turnedAway(relay, group, await thief.token(relay.url))).toEqual(closingFor('not-a-member'))
  })

  test('for one use, it lets in only the first at a relay', async () => {
    const { relay, group, put } = await setup()
    const invitation = await createDevice(group.workspace)
    const [first, second] = [await createDevice(group.workspace), await createDevice(group.workspace)]
    await put(await group.say(inviteAct(invitation.id, 'editor')))
    const heard = group.statements.length
    expect(
      await put(await group.say(await joinAct(group.workspace, invitation, first), invitation, { heard })),
    ).toBe('taken')
    for (let n = 0; n < 4; n += 1)
      expect(
        await put(
          await group.say(await joinAct(group.workspace, invitation, second), invitation, {
            heard,
            iat: seconds() - n,
          }),
        ),
      ).toBe('access-invalid')
    await join(relay, group, first)
  })
})

describe('RLY-12: two admins who remove each other', () => {
  test('are both out, in whatever order the relay hears of it, and the owner stays', async () => {
    const relays = [await aRelayHere(), await aRelayHere()] as const
    const group = await createGroup()
    const [ann, bob] = [await group.add('admin'), await group.add('admin')]
    for (const relay of relays)
      for (const text of group.statements) await putStatement(relay, group.workspace, text)
    const heard = group.statements.length
    const removals = [
      await group.say(removeAct([bob.id]), ann, { heard }),
      await group.say(removeAct([ann.id]), bob, { heard }),
    ]
    for (const [index, relay] of relays.entries()) {
      const connected = [await join(relay, group, ann), await join(relay, group, bob)]
      const owner = await join(relay, group)
      for (const text of index === 0 ? removals : removals.toReversed())
        expect((await putStatement(relay, group.workspace, text)).status).toBe(200)
      for (const client of connected) expect(await client.closed).toEqual(closingFor('not-a-member'))
      owner.send({ type: 'ping' })
      await owner.next('pong')
    }
    const [here, there] = await Promise.all(relays.map(relay => digestAt(relay, group)))
    expect(here).toBe(there)
    const read = await readAccess(relays[0], group, await group.owner.token(relays[0].url))
    expect(((await read.json()) as AccessAnswer).statements).toEqual(group.statements)
  })
})
