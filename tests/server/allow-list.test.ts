import { writeFile } from 'node:fs/promises'
import { join as joinPath } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { logPath, type RefusalAnswer } from '../../protocol/relay-http.ts'
import { CLOSE_CODES } from '../../protocol/relay-messages.ts'
import { startRelay } from '../support/relay.ts'
import { openClient } from './support/client.ts'
import { aFolder } from './support/folder.ts'
import { createGroup, type Group } from './support/member.ts'
import { aRelayHere } from './support/relay-here.ts'
import { aRelay, join, putStatement } from './support/setup.ts'

vi.setConfig({ testTimeout: 60_000 })

const NOT_LISTED = { code: CLOSE_CODES['not-listed'], reason: 'not-listed' }

const refusalOf = async (response: Response) => {
  expect(response.status).toBe(403)
  return ((await response.json()) as RefusalAnswer).error
}

const make = (relay: { readonly url: string }, group: Group) =>
  putStatement(relay, group.workspace, group.statements[0]!)

describe('RLY-26: a relay with a list of workspaces serves no other', () => {
  test('what is on it may be made without a code; what is not learns the id to give to the operator', async () => {
    const [named, other] = [await createGroup(), await createGroup()]
    const env = { HOLDFAST_WORKSPACES: named.workspace, HOLDFAST_OPERATOR_CODE: 'not needed' }
    const relay = await aRelayHere(env)
    expect((await make(relay, named)).status).toBe(201)
    await join(relay, named)
    const refusal = await refusalOf(await make(relay, other))
    expect(refusal.code).toBe('not-listed')
    expect(refusal.message).toContain(other.workspace)
    const token = await other.owner.token(relay.url)
    expect(await openClient(relay.url, other.workspace, { token }).closed).toEqual(NOT_LISTED)
    const read = await fetch(relay.url + logPath(other.workspace), {
      headers: { authorization: `Bearer ${token}` },
    })
    expect((await refusalOf(read)).code).toBe('not-listed')
  })

  test('the file is read again on SIGHUP: who was added may come, who was taken out goes at once', async () => {
    const file = joinPath(await aFolder(), 'workspaces')
    const [first, second] = [await createGroup(), await createGroup()]
    await writeFile(file, `# the family\n${first.workspace}  # Ada\n\n`)
    const relay = await aRelay({ env: { HOLDFAST_WORKSPACES_FILE: file } })
    expect((await make(relay, first)).status).toBe(201)
    const client = await join(relay, first)
    expect((await refusalOf(await make(relay, second))).code).toBe('not-listed')
    await writeFile(file, second.workspace)
    relay.reload()
    expect(await client.closed).toEqual(NOT_LISTED)
    expect((await make(relay, second)).status).toBe(201)
    await join(relay, second)
  })

  test('a file that cannot be read again leaves the list as it was, and the log says so', async () => {
    const file = joinPath(await aFolder(), 'workspaces')
    const group = await createGroup()
    await writeFile(file, group.workspace)
    const relay = await aRelay({ env: { HOLDFAST_WORKSPACES_FILE: file } })
    await make(relay, group)
    await writeFile(file, 'nonsense')
    relay.reload()
    await expect.poll(() => relay.logs()).toContain('The list that was read before stays.')
    expect(relay.logs()).toContain(`${file} has "nonsense"`)
    await join(relay, group)
  })

  test('nothing starts with a list that is wrong', async () => {
    const file = joinPath(await aFolder(), 'workspaces')
    const starting = async (env: Record<string, string>) => {
      const relay = await startRelay({ env })
      onTestFinished(() => relay.discard())
    }
    await expect(starting({ HOLDFAST_WORKSPACES: 'mine' })).rejects.toThrow('HOLDFAST_WORKSPACES has "mine"')
    await expect(starting({ HOLDFAST_WORKSPACES_FILE: file })).rejects.toThrow('cannot be read')
    await writeFile(file, 'mine')
    await expect(starting({ HOLDFAST_WORKSPACES_FILE: file })).rejects.toThrow(`${file} has "mine"`)
  })
})
