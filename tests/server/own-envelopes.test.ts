import { expect, test } from 'vitest'
import { encodeAppends, encodeStatements } from '../../protocol/relay-bodies.ts'
import { aCore, type Core, enter } from './support/in-process.ts'
import {
  createDevice,
  createGroup,
  createKeys,
  type Group,
  inviteAct,
  joinAct,
  randomDocument,
  type Sealed,
} from './support/member.ts'

// RLY-10: of what a device writes over a connection of its own, signatures are checked at random. What readers make of
// one that is wrong stands in tests/worker/sync/document/read-content.test.ts.

const never = (length: number) => new Uint8Array(length).fill(31)
const always = (length: number) => new Uint8Array(length)

const damaged = ({ id, bytes }: Sealed): Sealed => {
  const changed = bytes.slice()
  changed[changed.length - 1]! ^= 1
  return { id, bytes: changed }
}

const aConnection = async (core: Core, group: Group) => {
  const document = randomDocument()
  const client = await enter(core, group)
  const reader = await enter(core, group)
  await reader.send({ type: 'load', document, after: 0, request: 1 })
  await reader.got('done')
  const append = (...envelopes: readonly Sealed[]) =>
    client.send({ type: 'append', document, envelopes: envelopes.map(({ bytes }) => bytes) })
  return { document, client, reader, append }
}

const setup = async (random: (length: number) => Uint8Array<ArrayBuffer>) => {
  const group = await createGroup()
  const core = aCore({ random })
  await core.relay.access.write(group.workspace, encodeStatements(group.statements), null, null)
  return { group, core, ...(await aConnection(core, group)) }
}

test('the first one of a connection is always checked', async () => {
  const { group, document, client, append } = await setup(never)
  const first = damaged(await group.owner.seal(document))
  await append(first)
  expect(client.received.at(-1)).toMatchObject({
    type: 'refused',
    code: 'envelope-signature',
    envelopes: [first.id],
  })
})

test('one that is not checked is stored and handed on as it is, for readers to see', async () => {
  const { group, document, reader, client, append } = await setup(never)
  await append(await group.owner.seal(document))
  const wrong = damaged(await group.owner.seal(document))
  await append(wrong)
  expect(client.received.at(-1)).toMatchObject({ type: 'known', envelopes: [wrong.id] })
  const contents = await reader.got('content', 3)
  expect(contents.at(-1)).toMatchObject({ entries: [{ position: 2, envelope: wrong.bytes }] })
})

test('one that is checked and wrong is refused, and from then on all of the connection are checked', async () => {
  let random = always
  const { group, document, client, append } = await setup(length => random(length))
  await append(await group.owner.seal(document))
  for (const checks of [always, never, never]) {
    random = checks
    const wrong = damaged(await group.owner.seal(document))
    await append(wrong)
    expect(client.received.at(-1)).toMatchObject({
      type: 'refused',
      code: 'envelope-signature',
      envelopes: [wrong.id],
    })
  }
  const right = await group.owner.seal(document)
  await append(right)
  expect(client.received.at(-1)).toMatchObject({ type: 'known', envelopes: [right.id] })
})

test('of a message in which one is checked and wrong, none passes on trust', async () => {
  let drawn = 0
  const { group, document, client, append } = await setup(() => new Uint8Array(1).fill(drawn))
  await append(await group.owner.seal(document))
  drawn = 1
  const wrong: Sealed[] = []
  for (let count = 0; count < 2; count++) wrong.push(damaged(await group.owner.seal(document)))
  const right = await group.owner.seal(document)
  await append(...wrong, right)
  expect(client.received.filter(({ type }) => type === 'refused')).toMatchObject([
    { code: 'envelope-signature', envelopes: wrong.map(({ id }) => id) },
  ])
  expect(client.received.filter(({ type }) => type === 'known').at(-1)).toMatchObject({
    envelopes: [right.id],
  })
})

test('what somebody else made, snapshots that take a place, and what comes without a connection are always checked', async () => {
  const { group, core, document, client, append } = await setup(never)
  const { owner, workspace } = group
  const invitation = await createKeys()
  const bob = await createDevice(workspace)
  const statements = [
    await group.say(inviteAct(invitation.id, 'editor')),
    await group.say(await joinAct(workspace, invitation, bob), invitation),
  ]
  await core.relay.access.write(workspace, encodeStatements(statements), null, null)
  await append(await owner.seal(document))

  const ofBob = damaged(await bob.seal(document))
  await append(ofBob)
  const inHisName = await owner.seal(document, { as: bob })
  await append(inHisName)
  const snapshot = damaged(await owner.seal(document, { kind: 'snapshot' }))
  await client.send({ type: 'replace', document, envelope: snapshot.bytes, replaced: [1] })
  const refused = client.received.filter(({ type }) => type === 'refused')
  expect(refused).toMatchObject(
    [ofBob, inHisName, snapshot].map(({ id }) => ({ code: 'envelope-signature', envelopes: [id] })),
  )

  const posted = damaged(await owner.seal(document))
  const token = await owner.token('https://relay.test')
  const body = encodeAppends([{ type: 'append', document, envelopes: [posted.bytes] }])
  expect(await core.relay.log.append(workspace, token, body)).toMatchObject({
    value: { known: [], refused: [{ code: 'envelope-signature', envelopes: [posted.id] }] },
  })
})
