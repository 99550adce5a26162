import type { CheckedList } from '../../protocol/access.ts'
import type { DocumentId, WorkspaceId } from '../../protocol/ids.ts'
import type { Mark } from '../../protocol/relay-messages.ts'
import { type Checked, checkEnvelopes, type RefusedEnvelopes } from '../door/check-envelopes.ts'
import type { DeviceKeys } from '../door/verifier.ts'
import type { Appended, AppendRefusal, LogStore, Quota } from '../log/log-store.ts'
import { createPublication, type Publication } from './publication.ts'
import type { RelayLog } from './relay-log.ts'

/** Somebody connected to the workspace. */
export interface Participant {
  published(publication: Publication): void
  passedOn(document: DocumentId, message: Uint8Array, from: Participant): void
  accessChanged(): void
}

/** What a relay knows of a workspace while somebody uses it. */
export interface Workspace {
  readonly id: WorkspaceId
  readonly log: string
  readonly participants: Set<Participant>
  /** Where the log ends, as far as it was made known. */
  head(): Mark
  chain(): readonly CheckedList[]
  newest(): CheckedList
  /** Takes over a list that was checked and stored. */
  extend(list: CheckedList): void
  check(document: DocumentId, envelopes: readonly Uint8Array[]): Promise<Checked>
  /** Stores what was checked; resolves after it was published. Never rejects: a failure is a refusal. */
  append(
    origin: Participant | null,
    document: DocumentId,
    checked: Checked,
    replaced?: readonly number[],
  ): Promise<Publication>
}

interface Deps {
  readonly id: WorkspaceId
  readonly log: string
  readonly head: Mark
  readonly chain: readonly CheckedList[]
  readonly store: LogStore
  readonly quota: Quota
  readonly deviceKeys: DeviceKeys
  readonly relayLog: RelayLog
}

const MESSAGES: Readonly<Record<AppendRefusal, string>> = {
  'envelope-conflict': 'The relay has another envelope under the same id.',
  'replace-conflict': 'Not all of what the snapshot stands for is in the log as it was.',
  'quota-bytes': 'The workspace has used up the space that this relay grants it.',
  'quota-documents': 'The workspace has as many documents as this relay grants it.',
}

const refusalsOf = (appended: Appended): readonly RefusedEnvelopes[] =>
  [...Map.groupBy(appended.refused, ({ code }) => code)].map(([code, envelopes]) => ({
    code,
    message: MESSAGES[code],
    envelopes: envelopes.map(({ id }) => id),
  }))

export const createWorkspace = (deps: Deps): Workspace => {
  const { id, store } = deps
  const participants = new Set<Participant>()
  let chain = deps.chain
  let head = deps.head
  /** Publications follow each other as the commits did. */
  let publishing: Promise<unknown> = Promise.resolve()

  const newest = (): CheckedList => chain.at(-1)!

  const storeChecked = async (
    origin: Participant | null,
    document: DocumentId,
    { admitted, refused }: Checked,
    replaced: readonly number[] | undefined,
  ): Promise<Publication> => {
    const nothing = { origin, document, from: head, to: head, entries: [], known: [] }
    if (admitted.length === 0) return createPublication({ ...nothing, refused })
    try {
      const appended = await store.append({
        workspace: id,
        document,
        envelopes: admitted,
        quota: deps.quota,
        ...(replaced && { replaced }),
      })
      return createPublication({
        ...appended,
        origin,
        document,
        refused: [...refused, ...refusalsOf(appended)],
      })
    } catch (error) {
      deps.relayLog.failed('append', error)
      const envelopes = admitted.map(envelope => envelope.id)
      const message =
        'The relay could not store this. Nothing of it counts as sent; it is safe to send it again.'
      return createPublication({
        ...nothing,
        refused: [...refused, { code: 'internal', message, envelopes }],
      })
    }
  }

  const publish = (publication: Publication): Publication => {
    if (publication.entries.length > 0) head = publication.to
    for (const participant of participants) participant.published(publication)
    return publication
  }

  return {
    id,
    log: deps.log,
    participants,
    head: () => head,
    chain: () => chain,
    newest,
    extend: list => {
      chain = [...chain, list]
      for (const participant of participants) participant.accessChanged()
    },
    check: (document, envelopes) =>
      checkEnvelopes(deps.deviceKeys, { workspace: id, document, access: newest().list }, envelopes),
    append: (origin, document, checked, replaced) => {
      const stored = storeChecked(origin, document, checked, replaced)
      const published = publishing.then(() => stored).then(publish)
      publishing = published.catch(error => deps.relayLog.failed('append', error))
      return published
    },
  }
}
