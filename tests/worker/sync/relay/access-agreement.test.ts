import { expect, test } from 'vitest'
import { fail, ok, type Result } from '../../../../protocol/result.ts'
import { createAccessAgreement } from '../../../../worker/sync/relay/access-agreement.ts'
import type { Workspace } from '../../../../worker/workspace/workspace.ts'

const setup = (read: Result<readonly string[]>) => {
  const heard: (readonly string[])[] = []
  let behind = 0
  let digest = 'old'
  const access = createAccessAgreement({
    workspace: {
      hear: async (texts: readonly string[]) => {
        heard.push(texts)
        digest = 'new'
        return ok(null)
      },
      digest: () => digest,
      statements: () => [],
      access: () => ({ ended: false }),
      role: () => 'editor',
      hasRoot: () => true,
    } as unknown as Workspace,
    http: { readAccess: async () => read, writeAccess: async () => ok(null) },
    operatorCode: null,
    token: async () => 'token',
    onBehind: () => {
      behind += 1
    },
  })
  return { access, heard, behind: () => behind }
}

test('what is new is taken over as it is named', async () => {
  const { access, heard, behind } = setup(ok(['one', 'two']))
  await access.follow()
  expect([heard, behind()]).toEqual([[['one', 'two']], 0])
})

test('where both sides know the same, nothing is asked for', async () => {
  const { access, heard } = setup(ok(['one']))
  expect(await access.agree('old')).toEqual(ok(null))
  await access.follow()
  expect(heard).toEqual([])
})

test('who cannot read what is new does not go on as if nobody had joined', async () => {
  const { access, heard, behind } = setup(fail('token-expired', 'This clock is a day off.'))
  await access.follow()
  expect([heard, behind()]).toEqual([[], 1])
})
