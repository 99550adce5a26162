import 'fake-indexeddb/auto'
import { beforeEach, expect, test } from 'vitest'
import { checkChain, checkNextList, signAccessList } from '../../../protocol/access.ts'
import type { DeviceKeys } from '../../../protocol/device-database.ts'
import { parseInvitation } from '../../../protocol/invitation-link.ts'
import { fail, ok, type Result } from '../../../protocol/result.ts'
import { generateDeviceKeys } from '../../../worker/keys/device-keys.ts'
import { invitationKeys } from '../../../worker/keys/invitation-keys.ts'
import { systemRandom } from '../../../worker/platform/random.ts'
import { type DeviceStore, openDeviceStore } from '../../../worker/storage/device-store.ts'
import type { RelayHttp } from '../../../worker/sync/relay/relay-http.ts'
import { inviteDevice, joinWorkspace } from '../../../worker/workspace/invitation.ts'
import { createWorkspace, openWorkspace, type Workspace } from '../../../worker/workspace/workspace.ts'

const HOUR = 3_600_000
let stores = 0
let now = 0
const clock = { now: () => now, after: () => () => {} }
const expectOk = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`)
  return result.value
}
const codeOf = (result: Result<unknown>): string => (result.ok ? 'ok' : result.error.code)

/** Keeps a chain as a relay does: only what follows from the list before. */
const relayOf = (first: readonly string[]): RelayHttp & { lists: string[] } => {
  const lists = [...first]
  return {
    lists,
    readAccess: async () => ok([...lists]),
    writeAccess: async list => {
      const chain = expectOk(await checkChain(id, lists))
      const checked = await checkNextList(id, chain.at(-1)!, list)
      // Another list may have come while this one was checked; a real relay refuses the later one, too.
      if (lists.length !== chain.length) return fail('access-conflict', 'Another list was quicker.')
      if (!checked.ok) return fail('access-conflict', checked.error.message)
      lists.push(list)
      return ok(null)
    },
  }
}

let id = ''
let ana: DeviceKeys<CryptoKey>
let store: DeviceStore
let workspace: Workspace
let access: ReturnType<typeof relayOf>

beforeEach(async () => {
  now = Date.now()
  ana = await generateDeviceKeys()
  store = await openDeviceStore(`invitation test ${++stores}`)
  const made = await createWorkspace(ana, systemRandom, clock)
  id = made.id
  workspace = expectOk(await openWorkspace(made, { device: ana, store }))
  access = relayOf(made.lists)
})

const invite = () =>
  inviteDevice({
    workspace,
    device: ana,
    random: systemRandom,
    clock,
    app: 'http://localhost:4321',
    relay: 'http://localhost:4321',
    access,
    refresh: () => workspace.extend(access.lists),
  })

const join = async (link: string, device: DeviceKeys<CryptoKey>) =>
  joinWorkspace({ link: expectOk(parseInvitation(link)), device, clock, access })

test('an invited device reads the same content keys, though the link never holds them', async () => {
  const { link } = expectOk(await invite())
  const ben = await generateDeviceKeys()
  const joined = expectOk(await join(link, ben))
  const his = expectOk(await openWorkspace(joined, { device: ben, store }))
  const root = Buffer.from(expectOk(await his.root()))
  expect(root.equals(Buffer.from(expectOk(await workspace.root())))).toBe(true)
  expect(link).not.toContain(root.toString('base64url'))
  expect(his.isMember(ana.device) && his.isMember(ben.device)).toBe(true)
  expect(codeOf(await workspace.extend(access.lists))).toBe('ok')
  expect(workspace.isMember(ben.device)).toBe(true)
})

test('two devices that join at once both get in', async () => {
  const { link } = expectOk(await invite())
  const devices = await Promise.all([generateDeviceKeys(), generateDeviceKeys(), generateDeviceKeys()])
  const results = await Promise.all(devices.map(device => join(link, device)))
  expect(results.map(codeOf)).toEqual(['ok', 'ok', 'ok'])
})

test('joining again with the same link changes nothing', async () => {
  const { link } = expectOk(await invite())
  const ben = await generateDeviceKeys()
  await join(link, ben)
  const before = access.lists.length
  expect(codeOf(await join(link, ben))).toBe('ok')
  expect(access.lists.length).toBe(before)
})

test('an invitation that ran out lets nobody in, not even past an inattentive relay', async () => {
  const { link } = expectOk(await invite())
  now += 25 * HOUR
  expect(codeOf(await join(link, await generateDeviceKeys()))).toBe('invitation-ended')
})

test('an invitation can add one device in its role, and nothing else', async () => {
  const { link } = expectOk(await invite())
  const keys = await invitationKeys(new Uint8Array(expectOk(parseInvitation(link)).seed))
  const before = expectOk(await checkChain(id, access.lists)).at(-1)!
  const joined = expectOk(await join(link, await generateDeviceKeys()))
  const good = expectOk(await checkChain(id, joined.lists)).at(-1)!.list
  const forge = async (change: object): Promise<string> =>
    codeOf(
      await checkNextList(
        id,
        before,
        await signAccessList({ ...good, ...change }, keys.signing, keys.publicKey),
      ),
    )
  const others = { ...good.members }
  delete (others as Record<string, string>)[ana.device]

  expect(await forge({})).toBe('ok')
  expect(await forge({ members: others })).toBe('access-invalid')
  expect(await forge({ epoch: 2 })).toBe('access-invalid')
  expect(await forge({ invitations: {} })).toBe('access-invalid')
  expect(await forge({ roots: { ...good.roots, [ana.device]: 'x' } })).toBe('access-invalid')
  expect(await forge({ iat: good.iat + 30 * 3600 })).toBe('access-invalid')
  expect(await forge({ gen: good.gen + 1 })).toBe('access-invalid')
  expect(await forge({ prev: null })).toBe('access-invalid')
})

test('a stranger cannot extend the list, and a first list is signed by the key that names the workspace', async () => {
  const eve = await generateDeviceKeys()
  const chain = expectOk(await checkChain(id, access.lists))
  const stolen = { ...chain[0]!.list, members: { [eve.device]: 'owner' as const } }
  const forged = await signAccessList(stolen, eve.signing, eve.publicKey)
  expect(codeOf(await checkNextList(id, null, forged))).toBe('access-invalid')
  expect(codeOf(await checkNextList(id, chain.at(-1)!, forged))).toBe('access-invalid')
})

test('links that are cut short or meant for something else are refused in words', () => {
  for (const text of ['', 'hello', 'https://x.example/#join=', 'https://x.example/#join=a.b.c', '#join=...'])
    expect(codeOf(parseInvitation(text))).toBe('bad-link')
})
