import { isWelcome, judge } from '../../protocol/access/judge.ts'
import { headsDigest, readStatement, type Statement } from '../../protocol/access/statement.ts'
import { fail, ok } from '../../protocol/result.ts'
import type { AccessHttp } from '../../worker/sync/relay/relay-http.ts'

/** What a relay does with statements about members: it keeps those that have an effect when they come. */
export interface FakeAccessRelay extends AccessHttp {
  texts(): readonly string[]
  digest(): Promise<string>
}

export const createFakeAccessRelay = (workspace: string): FakeAccessRelay => {
  const kept: Statement[] = []
  const texts = () => kept.map(({ text }) => text)
  return {
    texts,
    digest: () => headsDigest(judge(workspace, kept).heads),
    readAccess: async () => ok(texts()),
    writeAccess: async text => {
      const read = await readStatement(workspace, text)
      if (!read.ok) return read
      if (kept.some(({ hash }) => hash === read.value.hash)) return ok(null)
      if (!read.value.prev.every(hash => kept.some(statement => statement.hash === hash)))
        return fail('access-conflict', 'Send what it builds on first.')
      const after = judge(workspace, [...kept, read.value])
      if (!isWelcome(judge(workspace, kept), after, read.value))
        return fail('access-invalid', 'Its signer may not say that.')
      kept.push(read.value)
      return ok(null)
    },
    // What it did not take alone it does not take with others.
    writeTogether: async several => ok(new Set(several.keys())),
  }
}
