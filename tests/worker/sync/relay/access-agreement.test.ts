import { expect, test } from 'vitest'
import { fail, ok, type Result } from '../../../../protocol/result.ts'
import { createAccessAgreement } from '../../../../worker/sync/relay/access-agreement.ts'
import type { Workspace } from '../../../../worker/workspace/workspace.ts'

const setup = (read: Result<readonly string[]>) => {
  const taken: (readonly string[])[] = []
  let behind = 0
  const access = createAccessAgreement({
    workspace: {
      extend: async texts => {
        taken.push(texts)
        return ok(null)
      },
    } as Partial<Workspace> as Workspace,
    http: { readAccess: async () => read, writeAccess: async () => ok(null) },
    operatorCode: null,
    token: async () => 'token',
    onBehind: () => {
      behind += 1
    },
  })
  return { access, taken, behind: () => behind }
}

test('newer lists are taken over as they are named', async () => {
  const { access, taken, behind } = setup(ok(['one', 'two']))
  await access.follow()
  expect([taken, behind()]).toEqual([[['one', 'two']], 0])
})

test('who cannot read the newest list does not go on as if nobody had joined', async () => {
  const { access, taken, behind } = setup(fail('token-expired', 'This clock is a day off.'))
  await access.follow()
  expect([taken, behind()]).toEqual([[], 1])
})
