import { expect, test } from 'vitest'
import type { Role } from '../../../protocol/access/acts.ts'
import { formatInvitation } from '../../../protocol/invitation-link.ts'
import { ACCESS_TYPE } from '../../../protocol/relay-http.ts'
import type { FakeAccessRelay } from '../../support/fake-access-relay.ts'
import { newDisk, shownNames, shownTitles, startWorkerApp } from '../../support/worker-app.ts'
import { must } from '../notes/setup.ts'
import { createPeople } from '../workspace/setup.ts'

const RELAY = 'http://localhost:4321'
const ME = { person: 'Ben', device: 'Tablet' }

/** What a relay answers about members; no socket ever opens. */
const fetchFrom =
  (relay: FakeAccessRelay) =>
  async (address: string, init: RequestInit = {}): Promise<Response> => {
    if (!address.startsWith(RELAY)) return new Response(null, { status: 404 })
    if (init.method !== 'PUT') return Response.json({ statements: relay.texts() })
    const isOne = new Headers(init.headers).get('content-type') === ACCESS_TYPE
    const written = await relay.writeAccess(isOne ? String(init.body) : '', null)
    return written.ok ? Response.json({}) : Response.json({ error: written.error }, { status: 409 })
  }

const setup = async () => {
  const people = await createPeople()
  const { owner, relay, invite } = people
  const app = await startWorkerApp(newDisk(), {
    fetch: fetchFrom(relay),
    openSocket: () => ({ send: () => undefined, close: () => undefined }),
  })
  const linkFor = async (role: Role | null, once = true): Promise<string> =>
    formatInvitation('https://app.test', {
      workspace: owner.workspace.id,
      seed: await invite(owner, role, once),
      relay: RELAY,
    })
  const join = (link: string, bring?: boolean) =>
    app.ask({ type: 'join-workspace', source: { link }, name: ME, ...(bring !== undefined && { bring }) })
  return { ...people, app, linkFor, join }
}

test('whoever was invited sees whom and what they join, and nothing is said before they accept', async () => {
  const { app, linkFor, relay, owner } = await setup()
  const link = await linkFor('editor')
  const before = relay.texts().length
  expect(must(await app.ask({ type: 'look-at-invitation', source: { link } }))).toMatchObject({
    workspace: owner.workspace.id,
    workspaceName: 'Ours',
    from: 'Ana',
    role: 'editor',
    person: null,
    isRecovery: false,
    alreadyMember: false,
    relay: RELAY,
  })
  expect(relay.texts()).toHaveLength(before)
  expect(await shownNames(app)).toEqual(['[Personal]'])
  await app.stop()
})

test('private notes stay private in somebody else’s workspace, unless that is said', async () => {
  const { app, linkFor, join, owner } = await setup()
  must(await app.ask({ type: 'create-note', text: 'Mine' }))
  expect(must(await join(await linkFor('editor')))).toEqual({ notesBrought: 0 })
  expect(await shownNames(app)).toEqual(['[Ours]', 'Personal'])
  expect(await shownTitles(app)).toEqual([])
  await owner.meet()
  expect(owner.workspace.access().devices.size).toBe(2)
  await app.stop()

  const other = await setup()
  must(await other.app.ask({ type: 'create-note', text: 'For all' }))
  expect(must(await other.join(await other.linkFor('editor'), true))).toEqual({ notesBrought: 1 })
  expect(await shownTitles(other.app)).toEqual(['For all'])
  await other.app.stop()
})

test('a reader brings nothing, and reads on where the device had nothing else', async () => {
  const { app, linkFor, join } = await setup()
  expect(must(await join(await linkFor('reader'), true))).toEqual({ notesBrought: 0 })
  expect(await shownNames(app), 'the empty one of before is gone').toEqual(['[Ours]'])
  expect(await app.ask({ type: 'create-note', text: 'x' })).toMatchObject({
    error: { code: 'access-denied' },
  })
  await app.stop()
})

test('a link brings a device that is in back to where it is, and says nothing anew', async () => {
  const { app, linkFor, join, relay } = await setup()
  const link = await linkFor('editor', false)
  must(await join(link))
  const said = relay.texts().length
  expect(must(await app.ask({ type: 'look-at-invitation', source: { link } })).alreadyMember).toBe(true)
  must(await join(link))
  expect(relay.texts()).toHaveLength(said)
  await app.stop()
})

test('whoever was removed comes back by a new invitation, to the workspace that is still here', async () => {
  const { app, linkFor, join, owner } = await setup()
  must(await join(await linkFor('editor')))
  must(await app.ask({ type: 'create-note', text: 'Of before' }))
  await owner.meet()
  const [ben] = [...owner.workspace.access().devices.keys()].filter(id => id !== owner.keys.device)
  must(await owner.membership.remove([ben!]))
  await owner.meet()
  expect(must(await join(await linkFor('reader')))).toEqual({ notesBrought: 0 })
  expect(await shownTitles(app)).toEqual(['Of before'])
  expect(await app.ask({ type: 'create-note', text: 'x' }), 'in the role of now').toMatchObject({
    error: { code: 'access-denied' },
  })
  await app.stop()
})

test('whoever joins while an import is running is told to wait, and the invitation is still good then', async () => {
  const { app, linkFor, join, relay } = await setup()
  const link = await linkFor('editor')
  const said = relay.texts().length
  let release = (): void => undefined
  const held = new Promise<void>(resolve => {
    release = resolve
  })
  const file = { size: 3, arrayBuffer: () => held.then(() => new TextEncoder().encode('abc').buffer) }
  const importing = app.ask({ type: 'import-notes', sources: [{ path: 'a.md', file }] })
  expect(await join(link)).toMatchObject({ error: { code: 'busy' } })
  expect(relay.texts(), 'nobody has come').toHaveLength(said)
  release()
  must(await importing)
  must(await join(link))
  expect(await shownNames(app)).toEqual(['[Ours]', 'Personal'])
  await app.stop()
})
