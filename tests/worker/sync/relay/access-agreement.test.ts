import { expect, test } from 'vitest'
import { fail, ok, type Result } from '../../../../protocol/result.ts'
import { createAccessAgreement } from '../../../../worker/sync/relay/access-agreement.ts'
import type { Workspace } from '../../../../worker/workspace/workspace.ts'

/** `readAccess` answers with these one after the other, and with the last from then on. */
const setup = (...reads: readonly Result<readonly string[]>[]) => {
  const heard: (readonly string[])[] = []
  let behind = 0
  let digest = 'old'
  let asked = 0
  const access = createAccessAgreement({
    workspace: {
      hear: async (texts: readonly string[]) => {
        heard.push(texts)
        digest = texts.join(' ')
        return ok(null)
      },
      digest: () => digest,
      statements: () => [],
      access: () => ({ ended: false }),
      role: () => 'editor',
      hasRoot: () => true,
    } as unknown as Workspace,
    http: {
      readAccess: async () => {
        asked += 1
        return reads[asked - 1] ?? reads.at(-1)!
      },
      writeAccess: async () => ok(null),
      writeTogether: async () => ok(new Set<number>()),
    },
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

test('what is announced while an answer is on its way is asked for once more', async () => {
  const { access, heard } = setup(ok(['one']), ok(['one', 'two']))
  access.changed('one')
  access.changed('one two')
  await access.follow()
  expect(heard).toEqual([['one'], ['one', 'two']])
})
