import type { Access } from '../../../protocol/access/judge.ts'
import type { Statement } from '../../../protocol/access/statement.ts'
import { fail, ok, type Result } from '../../../protocol/result.ts'
import type { Workspace } from '../../workspace/workspace.ts'
import type { AccessHttp } from './relay-http.ts'

interface Deps {
  readonly workspace: Workspace
  readonly http: AccessHttp
  readonly token: () => Promise<string>
  /** For a relay that asks for one before it makes a workspace. */
  readonly operatorCode: string | null
  /** There is something that we do not know, and it could not be had; or this device is not to be here any more. */
  readonly onBehind: () => void
}

/** Brings what is said about the members here and at a relay together. It proves itself, so either side takes what it lacks. */
export interface AccessAgreement {
  /** `digest` is that of what the relay knows, null where it does not know the workspace. */
  agree(digest: string | null): Promise<Result<null>>
  /** Takes over what is new at the relay, and brings it what is new here; at most one request at a time. */
  refresh(): Promise<Result<null>>
  /** The relay knows something else than before. */
  changed(digest: string): void
  /** The same for one that may be behind: without it, it cannot read what new members write. */
  follow(): Promise<void>
  /** A relay that lets this device in no more tells why to whoever asks: what was signed, not what the relay says. */
  refused(code: string): void
  /** What was said here goes to the relay. */
  publish(): Promise<Result<null>>
}

const REFUSED_FOR_GOOD: ReadonlySet<string> = new Set(['not-a-member', 'workspace-deleted'])
const UNHEARD = new Set(['access-invalid', 'access-conflict', 'quota-bytes'])
const OUT = fail('not-a-member', 'This device is not, or no longer, a member of the workspace.')
const ENDED = fail('workspace-deleted', 'This workspace was deleted for everyone by one of its owners.')
const KEYS_MISSING = fail('keys-missing', 'This device waits for the newest keys of the workspace.')

export const createAccessAgreement = (deps: Deps): AccessAgreement => {
  const { workspace, http, token } = deps
  let refreshing: Promise<Result<null>> | null = null
  /** What the relay has said that it knows; our own digest once all of that was heard. */
  let there: string | null = null
  /** Hashes of the statements that it has. */
  const known = new Set<string>()

  const publishNow = async (): Promise<Result<null>> => {
    for (const { hash, text } of workspace.statements()) {
      if (known.has(hash)) continue
      const written = await http.writeAccess(text, deps.operatorCode)
      // By what the relay has heard it has no effect, or not yet, or there is no room for what somebody says so much
      // of; what others say later may change that.
      if (!written.ok && UNHEARD.has(written.error.code)) continue
      if (!written.ok) return written
      known.add(hash)
    }
    const left = workspace.statements().filter(({ hash }) => !known.has(hash))
    return left.length > 1 ? publishTogether(left) : ok(null)
  }

  /** What the relay does not take alone, it may take with what others have built on it. */
  const publishTogether = async (statements: readonly Statement[]): Promise<Result<null>> => {
    const refused = await http.writeTogether(statements.map(({ text }) => text))
    if (!refused.ok) return refused
    for (const [index, { hash }] of statements.entries()) if (!refused.value.has(index)) known.add(hash)
    return ok(null)
  }

  let publishing: Promise<unknown> = Promise.resolve()
  /** One after the other, as each builds on those before. */
  const publish = (): Promise<Result<null>> => {
    const mine = publishing.then(publishNow)
    publishing = mine.catch(() => undefined) // its caller gets the failure
    return mine
  }

  const read = async (): Promise<Result<null>> => {
    const announced = there
    const texts = await http.readAccess(await token())
    if (!texts.ok) return texts
    const heard = await workspace.hear(texts.value)
    if (!heard.ok) return heard
    known.clear()
    const has = new Set(texts.value)
    for (const { hash, text } of workspace.statements()) if (has.has(text)) known.add(hash)
    const published = await publish()
    // Of what was announced meanwhile the answer may know nothing yet.
    if (published.ok && there === announced) there = workspace.digest()
    return published
  }

  const refresh = (): Promise<Result<null>> => {
    refreshing ??= read().finally(() => {
      refreshing = null
    })
    return refreshing
  }

  /** Whether this device has a place here, and what it needs to seal. */
  const standing = (access: Access): Result<null> => {
    if (access.ended) return ENDED
    if (workspace.role() === null) return OUT
    return workspace.hasRoot() ? ok(null) : KEYS_MISSING
  }

  const follow = async (): Promise<void> => {
    while (there !== workspace.digest()) {
      const read = await refresh()
      if (!read.ok || !standing(workspace.access()).ok) return deps.onBehind()
    }
  }

  return {
    refresh,
    publish,
    follow,
    changed: digest => {
      there = digest
      void follow()
    },
    refused: code => {
      if (REFUSED_FOR_GOOD.has(code) && workspace.role() !== null && !workspace.access().ended) void refresh()
    },
    agree: async digest => {
      there = digest
      if (digest === null) known.clear()
      if (digest === workspace.digest()) for (const { hash } of workspace.statements()) known.add(hash)
      else {
        const agreed = await (digest === null ? publish() : refresh())
        if (!agreed.ok) return agreed
      }
      return standing(workspace.access())
    },
  }
}
