import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { concatBytes } from '../../protocol/bytes.ts'
import { MAX_ENVELOPE_BYTES, MAX_MESSAGE_BYTES } from '../../protocol/limits.ts'
import { encodeClientMessage } from '../../protocol/relay-codec.ts'
import type { AccessWritten } from '../../protocol/relay-http.ts'
import { CLOSE_CODES, type RefusalCode } from '../../protocol/relay-messages.ts'
import { signToken } from '../../protocol/token.ts'
import { type RunningRelay, startRelay } from '../support/relay.ts'
import { openClient } from './support/client.ts'
import {
  createDevice,
  createGroup,
  createKeys,
  inviteAct,
  randomDocument,
  removeAct,
  seconds,
} from './support/member.ts'
import { aRelayHere } from './support/relay-here.ts'
import { aGroupAt, aMemberAt, join, putStatement } from './support/setup.ts'

// Processes are started, on machines that may be busy.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let relay: RunningRelay
beforeAll(async () => {
  relay = await startRelay({ env: { HOLDFAST_ALLOWED_ORIGINS: 'https://friend.example' } })
})
afterAll(() => relay.discard())

const closingFor = (code: RefusalCode) => ({ code: CLOSE_CODES[code], reason: code })

describe('RLY-11, RLY-14: who is turned away at the door learns why', () => {
  const turnedAway = async (workspace: string, token?: string, origin?: string) => {
    const client = openClient(relay.url, workspace, { token, ...(origin ? { origin } : {}) })
    const closing = await client.closed
    expect(client.received).toEqual([])
    return closing
  }

  test('without a token', async () => {
    const group = await aGroupAt(relay)
    expect(await turnedAway(group.workspace)).toEqual(closingFor('token-missing'))
  })

  test('with a token that is no token', async () => {
    const group = await aGroupAt(relay)
    expect(await turnedAway(group.workspace, 'nonsense')).toEqual(closingFor('token-invalid'))
  })

  test('with a token that somebody else signed in the name of a member', async () => {
    const group = await aGroupAt(relay)
    const { privateKey } = await createKeys()
    const forged = await signToken(
      {
        workspace: group.workspace,
        audience: relay.url,
        scopes: ['read', 'write'],
        generation: 0,
        now: seconds(),
      },
      privateKey,
      group.owner.publicKey,
    )
    expect(await turnedAway(group.workspace, forged)).toEqual(closingFor('token-invalid'))
  })

  test('with a token made for another relay', async () => {
    const group = await aGroupAt(relay)
    const token = await group.owner.token('https://other.example')
    expect(await turnedAway(group.workspace, token)).toEqual(closingFor('token-invalid'))
  })

  test('with a token made for another workspace', async () => {
    const [group, other] = [await aGroupAt(relay), await aGroupAt(relay)]
    const token = await other.owner.token(relay.url)
    expect(await turnedAway(group.workspace, token)).toEqual(closingFor('token-invalid'))
  })

  test('with a token that has run out, but not within the minute of tolerance', async () => {
    const group = await aGroupAt(relay)
    const old = await group.owner.token(relay.url, { age: 15 * 60 + 90 })
    expect(await turnedAway(group.workspace, old)).toEqual(closingFor('token-expired'))
    await join(relay, group, group.owner, { age: 15 * 60 + 30 })
  })

  test('with a token from the future', async () => {
    const group = await aGroupAt(relay)
    const early = await group.owner.token(relay.url, { age: -120 })
    expect(await turnedAway(group.workspace, early)).toEqual(closingFor('token-early'))
  })

  test('as a stranger', async () => {
    const group = await aGroupAt(relay)
    const stranger = await createDevice(group.workspace)
    const closing = await turnedAway(group.workspace, await stranger.token(relay.url))
    expect(closing).toEqual(closingFor('not-a-member'))
  })

  test('with an invitation only, which opens no connection', async () => {
    const group = await aGroupAt(relay)
    const invitation = await createDevice(group.workspace)
    await putStatement(relay, group.workspace, await group.say(inviteAct(invitation.id, 'admin')))
    const token = await invitation.token(relay.url, { scopes: ['join', 'read', 'write'] })
    expect(await turnedAway(group.workspace, token)).toEqual(closingFor('scope'))
  })

  test('to a workspace that is not there, or that is no workspace', async () => {
    const group = await createGroup()
    const token = await group.owner.token(relay.url)
    expect(await turnedAway(group.workspace, token)).toEqual(closingFor('unknown-workspace'))
    expect(await turnedAway('nonsense', token)).toEqual(closingFor('unknown-workspace'))
  })

  test('RLY-19: from a page of a foreign origin; its own and configured ones may come', async () => {
    const group = await aGroupAt(relay)
    const token = await group.owner.token(relay.url)
    const foreign = await turnedAway(group.workspace, token, 'https://evil.example')
    expect(foreign).toEqual(closingFor('origin'))
    for (const origin of ['https://friend.example', relay.url]) {
      const client = openClient(relay.url, group.workspace, { token, origin })
      onTestFinished(() => client.socket.terminate())
      await client.next('hello')
    }
  })

  test('RLY-16: beyond the connections that a workspace may have', async () => {
    const small = await aRelayHere({ HOLDFAST_WORKSPACE_CONNECTIONS: '2' })
    const [group, other] = [await aGroupAt(small), await aGroupAt(small)]
    const first = await join(small, group)
    await join(small, group)
    const token = await group.owner.token(small.url)
    const third = openClient(small.url, group.workspace, { token })
    expect(await third.closed).toEqual(closingFor('too-many-connections'))
    await join(small, other)
    await first.close()
    const again = openClient(small.url, group.workspace, { token })
    onTestFinished(() => again.socket.terminate())
    await again.next('hello')
  })
})

describe('RLY-14: what is refused harms nobody else', () => {
  const aPair = async () => {
    const group = await aGroupAt(relay)
    const [client, friend] = [await join(relay, group), await join(relay, group)]
    const document = randomDocument()
    friend.send({ type: 'load', document, after: 0, request: 1 })
    await friend.next('done')
    const append = (...envelopes: Uint8Array[]) => client.send({ type: 'append', document, envelopes })
    /** Proves that the connection and the document still work, for both. */
    const stillWorks = async () => {
      const sealed = await group.owner.seal(document)
      append(sealed.bytes)
      expect((await client.next('known')).envelopes).toEqual([sealed.id])
      const content = await friend.next('content')
      expect(content.entries.map(entry => entry.envelope)).toEqual([sealed.bytes])
    }
    return { group, client, friend, document, append, stillWorks }
  }

  test('a malformed message is refused; a hundred of them end the connection', async () => {
    const { client, stillWorks } = await aPair()
    client.sendRaw(new Uint8Array([0x83, 1, 2, 3]))
    expect(await client.next('refused')).toMatchObject({ code: 'malformed', document: null })
    await stillWorks()
    for (let n = 0; n < 100; n += 1) client.sendRaw(new Uint8Array([0xff]))
    expect(await client.closed).toEqual(closingFor('malformed'))
  })

  test('a message that is not of this protocol is refused', async () => {
    const { client, document, stillWorks } = await aPair()
    client.send({ type: 'append', document, envelopes: [] })
    expect(await client.next('refused')).toMatchObject({ code: 'malformed' })
    await stillWorks()
  })

  test('text ends the connection', async () => {
    const { client, friend } = await aPair()
    client.sendRaw('hello')
    expect(await client.closed).toEqual(closingFor('malformed'))
    friend.send({ type: 'ping' })
    await friend.next('pong')
  })

  test('RLY-16: a message above the limit ends the connection', async () => {
    const { client, friend } = await aPair()
    client.sendRaw(new Uint8Array(MAX_MESSAGE_BYTES + 1))
    expect(await client.closed).toEqual(closingFor('too-large'))
    friend.send({ type: 'ping' })
    await friend.next('pong')
  })

  test('RLY-16: a message far above the limit ends the connection before it is read', async () => {
    const { client, friend } = await aPair()
    client.sendRaw(new Uint8Array(3 * MAX_MESSAGE_BYTES))
    expect((await client.closed).code).toBe(1009)
    friend.send({ type: 'ping' })
    await friend.next('pong')
  })

  test('RLY-16: an envelope above the limit is refused', async () => {
    const { append, client, stillWorks } = await aPair()
    append(new Uint8Array(MAX_ENVELOPE_BYTES + 1))
    expect(await client.next('refused')).toMatchObject({ code: 'too-large' })
    await stillWorks()
  })

  test('RLY-10: an envelope that is none is refused; the others of the message are kept', async () => {
    const { append, client, group, document, stillWorks, friend } = await aPair()
    const good = await group.owner.seal(document)
    append(new Uint8Array(20), good.bytes, new Uint8Array(300))
    expect((await client.next('known')).envelopes).toEqual([good.id])
    expect(await client.next('refused')).toMatchObject({ code: 'envelope-malformed', document })
    expect((await friend.next('content')).entries).toHaveLength(1)
    await stillWorks()
  })

  test('RLY-10: an envelope whose signature is wrong is refused by its id', async () => {
    const { append, client, group, document, stillWorks } = await aPair()
    const { id, bytes } = await group.owner.seal(document)
    append(concatBytes(bytes.subarray(0, -1), new Uint8Array([bytes.at(-1)! ^ 1])))
    expect(await client.next('refused')).toMatchObject({
      code: 'envelope-signature',
      envelopes: [id],
      document,
    })
    await stillWorks()
  })

  test('RLY-10: an envelope cannot be moved to another document or workspace', async () => {
    const { append, client, group, document, stillWorks } = await aPair()
    const ofAnotherDocument = await group.owner.seal(randomDocument())
    append(ofAnotherDocument.bytes)
    expect(await client.next('refused')).toMatchObject({ code: 'envelope-signature' })
    const elsewhere = await createGroup()
    append((await elsewhere.owner.seal(document)).bytes)
    expect(await client.next('refused')).toMatchObject({ code: 'not-a-member' })
    await stillWorks()
  })

  test('RLY-3: another envelope under the same id is refused', async () => {
    const { append, client, friend, group, document, stillWorks } = await aPair()
    const first = await group.owner.seal(document, { sequence: 100 })
    append(first.bytes)
    await client.next('known')
    const second = await group.owner.seal(document, { sequence: 100 })
    append(second.bytes)
    expect(await client.next('refused')).toMatchObject({ code: 'envelope-conflict', envelopes: [first.id] })
    append(first.bytes)
    expect(await client.next('known')).toMatchObject({ envelopes: [first.id] })
    const friendReads = await join(relay, group)
    friendReads.send({ type: 'load', document, after: 0, request: 1 })
    expect((await friendReads.next('content')).entries.map(entry => entry.envelope)).toEqual([first.bytes])
    await friend.next('content')
    await stillWorks()
  })

  test('RLY-11: a token for reading does not write, one for writing does not read', async () => {
    const { group, document } = await aPair()
    const reader = await join(relay, group, group.owner, { scopes: ['read'] })
    reader.send({ type: 'append', document, envelopes: [(await group.owner.seal(document)).bytes] })
    expect(await reader.next('refused')).toMatchObject({ code: 'scope', document })
    reader.send({ type: 'load', document, after: 0, request: 1 })
    expect(await reader.next('done')).toMatchObject({ head: { position: 0 } })
    const writer = await join(relay, group, group.owner, { scopes: ['write'] })
    writer.send({ type: 'load', document, after: 0, request: 1 })
    expect(await writer.next('refused')).toMatchObject({ code: 'scope', document })
  })

  test('RLY-16: more bytes or documents than the relay grants are refused', async () => {
    const small = await aRelayHere({ HOLDFAST_WORKSPACE_BYTES: '1000', HOLDFAST_WORKSPACE_DOCUMENTS: '1' })
    const [group, other] = [await aGroupAt(small), await aGroupAt(small)]
    const client = await join(small, group)
    const [document, second] = [randomDocument(), randomDocument()]
    const append = async (target: string, bytes: number) =>
      client.send({
        type: 'append',
        document: target,
        envelopes: [(await group.owner.seal(target, { bytes })).bytes],
      })
    await append(document, 100)
    await client.next('known')
    await append(second, 100)
    expect(await client.next('refused')).toMatchObject({ code: 'quota-documents', document: second })
    await append(document, 900)
    expect(await client.next('refused')).toMatchObject({ code: 'quota-bytes', document })
    const neighbour = await join(small, other)
    neighbour.send({ type: 'append', document, envelopes: [(await other.owner.seal(document)).bytes] })
    await neighbour.next('known')
  })

  test('RLY-16: a client that floods is sent away, and may come back', async () => {
    const strict = await aRelayHere({ HOLDFAST_MESSAGES_PER_SECOND: '5' })
    const group = await aGroupAt(strict)
    const client = await join(strict, group)
    const ping = encodeClientMessage({ type: 'ping' })
    for (let n = 0; n < 200; n += 1) client.sendRaw(ping)
    expect(await client.closed).toEqual(closingFor('rate'))
    await join(strict, group)
  })

  test('a broken handshake leaves the relay as it was', async () => {
    const group = await aGroupAt(relay)
    await new Promise<void>(resolve => {
      const socket = connect(relay.port, '127.0.0.1', () =>
        socket.write(
          `GET /w/${group.workspace} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
        ),
      )
      socket.on('close', () => resolve())
      socket.resume()
    })
    await join(relay, group)
  })
})

describe('RLY-12: access changes while connections are open', () => {
  test('everybody is told; who is no longer a member is sent away', async () => {
    const group = await aGroupAt(relay)
    const friend = await aMemberAt(relay, group, 'admin')
    const [ours, theirs] = [await join(relay, group), await join(relay, group, friend)]
    const answer = await putStatement(relay, group.workspace, await group.say(removeAct([friend.id])))
    const { access } = (await answer.json()) as AccessWritten
    expect(await ours.next('access')).toMatchObject({ generation: 3, access })
    expect(await theirs.closed).toEqual(closingFor('not-a-member'))
    const document = randomDocument()
    ours.send({ type: 'append', document, envelopes: [(await friend.seal(document)).bytes] })
    expect(await ours.next('refused')).toMatchObject({ code: 'not-a-member' })
  })

  test('a forged statement changes nothing for those who are connected', async () => {
    const group = await aGroupAt(relay)
    const ours = await join(relay, group)
    const thief = await createKeys()
    const forged = await group.say(inviteAct(thief.id, 'owner'), thief)
    expect((await putStatement(relay, group.workspace, forged)).ok).toBe(false)
    ours.send({ type: 'ping' })
    await ours.next('pong')
    expect(ours.received.some(message => message.type === 'access')).toBe(false)
  })
})

describe('RLY-11: tokens run out', () => {
  test('a connection ends with its token, unless a fresh one came in time', async () => {
    const group = await aGroupAt(relay)
    // Its tolerance ends in two seconds: the shortest life that a test can wait for.
    const age = 15 * 60 + 58
    const [dying, renewed] = [
      await join(relay, group, group.owner, { age }),
      await join(relay, group, group.owner, { age }),
    ]
    renewed.send({ type: 'renew', token: await group.owner.token(relay.url) })
    expect(await dying.closed).toEqual(closingFor('token-expired'))
    renewed.send({ type: 'ping' })
    await renewed.next('pong')
  })

  test('a token of another device, or a bad one, does not renew', async () => {
    const group = await aGroupAt(relay)
    const client = await join(relay, group)
    const stranger = await createDevice(group.workspace)
    for (const token of [await stranger.token(relay.url), 'nonsense']) {
      client.send({ type: 'renew', token })
      expect(await client.next('refused')).toMatchObject({ code: 'token-invalid' })
    }
  })
})
