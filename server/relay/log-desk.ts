import { toBase64url } from '../../protocol/bytes.ts'
import type { DocumentId } from '../../protocol/ids.ts'
import { CONTENT_CHUNK_BYTES } from '../../protocol/limits.ts'
import { decodeAppends } from '../../protocol/relay-bodies.ts'
import type { AppendAnswer, LogAnswer } from '../../protocol/relay-http.ts'
import type { Scope } from '../../protocol/token.ts'
import { WORKSPACE_DELETED } from '../access/entrance.ts'
import type { LogStore } from '../log/log-store.ts'
import { type Answer, refuse, refuseAs } from '../refusal.ts'
import type { Answering } from './answering.ts'
import type { AsMember } from './as-member.ts'
import type { Workspace } from './workspace.ts'

/** Adding to and reading a log without a connection. */
export interface LogDesk {
  /** Whether somebody may append at all, before what they bring is read. */
  admits(workspace: string, token: string | null): Promise<Answer<null>>
  /** `body` is what `encodeAppends` makes. An answer may hold refusals: only what it names as known is durable. */
  append(workspace: string, token: string | null, body: Uint8Array): Promise<Answer<AppendAnswer>>
  read(workspace: string, token: string | null, query: LogQuery): Promise<Answer<LogAnswer>>
}

export interface LogQuery {
  readonly after: number
  /** Null for all documents. */
  readonly document: DocumentId | null
  readonly limit: number
}

interface Deps {
  readonly store: LogStore
  readonly asMember: AsMember
  readonly answering: Answering
}

/** Who may append here: also a device that is locked, by its courier. */
const APPENDS: readonly Scope[] = ['write', 'deliver']

export const createLogDesk = ({ store, asMember, answering }: Deps): LogDesk => {
  const withRight = <T>(
    id: string,
    token: string | null,
    anyOf: readonly Scope[],
    work: (workspace: Workspace) => Promise<Answer<T>>,
  ): Promise<Answer<T>> =>
    answering(() =>
      asMember(id, token, anyOf, async workspace =>
        workspace.isDeleted() ? WORKSPACE_DELETED : work(workspace),
      ),
    )

  return {
    admits: (id, token) => withRight(id, token, APPENDS, async () => ({ ok: true, value: null })),
    append: (id, token, body) =>
      withRight(id, token, APPENDS, async workspace => {
        const decoded = refuseAs('malformed', decodeAppends(body))
        if (!decoded.ok) return decoded
        if (decoded.value.some(append => append.envelopes.length === 0))
          return refuse('malformed', 'An append has no envelopes.')
        const checked = await Promise.all(
          decoded.value.map(async ({ document, envelopes }) => ({
            document,
            checked: await workspace.check(document, envelopes),
          })),
        )
        const publications = await Promise.all(
          checked.map(append => workspace.append(null, append.document, append.checked)),
        )
        const known = publications
          .filter(publication => publication.known.length > 0)
          .map(({ document, known: envelopes, from, to }) => ({ document, envelopes, from, to }))
        const refused = publications.flatMap(({ document, refused }) =>
          refused.map(refusal => ({ document, ...refusal })),
        )
        return { ok: true, value: { log: workspace.log, known, refused } }
      }),
    read: (id, token, query) =>
      withRight(id, token, ['read'], async workspace => {
        const from = await store.mark(workspace.id, query.after)
        const page = await store.read(workspace.id, {
          document: query.document,
          after: query.after,
          maxEntries: query.limit,
          maxBytes: CONTENT_CHUNK_BYTES,
        })
        const last = page.entries.at(-1)
        const to = last ? { position: last.position, stamp: last.stamp } : from
        const entries = page.entries.map(({ position, stamp, document, envelope }) => ({
          position,
          stamp,
          document,
          envelope: toBase64url(envelope),
        }))
        return { ok: true, value: { log: workspace.log, from, to, more: page.more, entries } }
      }),
  }
}
