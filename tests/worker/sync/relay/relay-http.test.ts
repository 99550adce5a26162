import { expect, test, vi } from 'vitest'
import { workspacePath } from '../../../../protocol/relay-http.ts'
import { createRelayHttp } from '../../../../worker/sync/relay/relay-http.ts'
import { createGroup } from '../../../server/support/member.ts'
import { aRelayHere } from '../../../server/support/relay-here.ts'

vi.setConfig({ testTimeout: 60_000 })

const setup = async () => {
  const [relay, group] = [await aRelayHere(), await createGroup()]
  const http = createRelayHttp(relay.url, group.workspace, (address, init) => fetch(address, init))
  return { relay, group, http }
}

test('several statements reach the relay at once; what it refused of them is named', async () => {
  const { relay, group, http } = await setup()
  const reader = await group.add('reader')
  await group.say({ do: 'end' }, reader)
  expect(await http.writeTogether(group.statements)).toEqual({ ok: true, value: new Set([3]) })
  const read = await http.readAccess(await reader.token(relay.url))
  expect(read).toEqual({ ok: true, value: group.statements.slice(0, 3) })
})

test('a device can ask what time it is at a relay', async () => {
  const { http } = await setup()
  expect(Math.abs((await http.time())! - Date.now())).toBeLessThan(10_000)
})

test('a relay from which the workspace was deleted is used again with the token of an owner', async () => {
  const { relay, group, http } = await setup()
  const write = (token?: string) => http.writeAccess(group.statements[0]!, null, token)
  expect(await write()).toEqual({ ok: true, value: null })
  const token = await group.owner.token(relay.url, { scopes: ['admin'] })
  const headers = { authorization: `Bearer ${token}` }
  await fetch(relay.url + workspacePath(group.workspace), { method: 'DELETE', headers })
  expect(await write()).toMatchObject({ ok: false, error: { code: 'workspace-deleted' } })
  expect(await write(token)).toEqual({ ok: true, value: null })
})
