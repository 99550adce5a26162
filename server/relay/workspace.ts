import type { DeviceId, DocumentId, WorkspaceId } from '../../protocol/ids.ts'
import type { Mark, RefusalCode } from '../../protocol/relay-messages.ts'
import { WORKSPACE_DELETED } from '../access/entrance.ts'
import type { Membership } from '../access/membership.ts'
import { type Checked, checkEnvelopes, type RefusedEnvelopes } from '../door/check-envelopes.ts'
import type { DeviceKeys } from '../door/verifier.ts'
import type { Appended, AppendRefusal, LogStore, Quota, Slot } from '../log/log-store.ts'
import type { Refusal } from '../refusal.ts'
import { createPublication, type Publication } from './publication.ts'
import type { RelayLog } from './relay-log.ts'

/** Somebody connected to the workspace. */
export interface Participant {
  /** In the order of the log: what was committed together is told together. */
  published(news: readonly Publication[]): void
  passedOn(document: DocumentId, message: Uint8Array, from: Participant): void
  accessChanged(): void
  slotChanged(slot: Slot): void
  close(code: RefusalCode): void
}

/** An append and, once it was stored, what came of it. */
interface Place {
  publication: Publication | null
  readonly told: (publication: Publication) => void
}

/** What a relay knows of a workspace while somebody uses it. */
export interface Workspace {
  readonly id: WorkspaceId
  readonly log: string
  readonly participants: Set<Participant>
  /** Where the log ends, as far as it was made known. */
  head(): Mark
  /** Who belongs to it, as far as the relay has heard. */
  membership(): Membership
  /** Takes over what was heard and stored. */
  extend(membership: Membership): void
  /** An owner deleted it from this relay: it takes nothing, and lets nobody in. */
  isDeleted(): boolean
  /** Deletes all but what is said about its members, and sends everybody away. Rejects where the store does; nothing is lost then. */
  remove(): Promise<void>
  check(document: DocumentId, envelopes: readonly Uint8Array[]): Promise<Checked>
  /** Stores what was checked; resolves after it was published. Never rejects: a failure is a refusal. */
  append(
    origin: Participant | null,
    document: DocumentId,
    checked: Checked,
    replaced?: readonly number[],
  ): Promise<Publication>
  /** The newest slots of all members but one. */
  slotsFor(device: DeviceId): readonly Slot[]
  /** Keeps a member's slot and tells the others, after the commit. Null, or why not; never rejects. */
  setSlot(device: DeviceId, data: Uint8Array): Promise<Refusal | null>
}

interface Deps {
  readonly id: WorkspaceId
  readonly log: string
  readonly head: Mark
  readonly membership: Membership
  readonly slots: readonly Slot[]
  readonly deleted: boolean
  readonly store: LogStore
  readonly quota: Quota
  readonly deviceKeys: DeviceKeys
  readonly relayLog: RelayLog
}

const MESSAGES: Readonly<Record<AppendRefusal, string>> = {
  'envelope-conflict': 'The relay has another envelope under the same id.',
  'replace-conflict': 'Not all of what the snapshot stands for is in the log as it was.',
  'workspace-deleted': WORKSPACE_DELETED.error.message,
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
  let { membership } = deps
  let head = deps.head
  let { deleted } = deps
  const slots = new Map(deps.slots.map(({ device, data }) => [device, data]))
  /** Appends that nobody was told of, in their order: publications follow each other as the commits did. */
  const line: Place[] = []
  let telling = false

  const isMember = (device: DeviceId): boolean => membership.access.devices.has(device)

  const setSlot = async (device: DeviceId, data: Uint8Array): Promise<Refusal | null> => {
    if (deleted) return WORKSPACE_DELETED.error
    try {
      if (!(await store.setSlot(id, { device, data }, deps.quota.bytes)))
        return { code: 'quota-bytes', message: MESSAGES['quota-bytes'] }
    } catch (error) {
      deps.relayLog.failed('slot', error)
      return { code: 'internal', message: 'The relay could not keep this. It is safe to send it again.' }
    }
    slots.set(device, data)
    // It may have been taken out while its slot was under way.
    if (isMember(device)) for (const participant of participants) participant.slotChanged({ device, data })
    return null
  }

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

  const tell = (): void => {
    telling = false
    const waiting = line.findIndex(({ publication }) => publication === null)
    const ready = line.splice(0, waiting < 0 ? line.length : waiting)
    const news = ready.map(({ publication }) => publication!)
    for (const { entries, to } of news) if (entries.length > 0) head = to
    try {
      for (const participant of participants) participant.published(news)
    } catch (error) {
      deps.relayLog.failed('append', error)
    }
    for (const { publication, told } of ready) told(publication!)
  }

  /** Not at once: the others of the same commit are stored by now too, and about to say so. */
  const tellSoon = (): void => {
    if (!telling) queueMicrotask(tell)
    telling = true
  }

  return {
    id,
    log: deps.log,
    participants,
    head: () => head,
    membership: () => membership,
    extend: next => {
      membership = next
      for (const device of slots.keys()) if (!isMember(device)) slots.delete(device)
      for (const participant of participants) participant.accessChanged()
    },
    isDeleted: () => deleted,
    remove: async () => {
      await store.empty(id)
      deleted = true
      slots.clear()
      for (const participant of participants) participant.close('workspace-deleted')
    },
    check: (document, envelopes) =>
      checkEnvelopes(deps.deviceKeys, { workspace: id, document, access: membership.access }, envelopes),
    append: (origin, document, checked, replaced) =>
      new Promise(told => {
        const place: Place = { publication: null, told }
        line.push(place)
        void storeChecked(origin, document, checked, replaced).then(publication => {
          place.publication = publication
          tellSoon()
        })
      }),
    slotsFor: device =>
      [...slots]
        .filter(([other]) => other !== device && isMember(other))
        .map(([other, data]) => ({ device: other, data })),
    setSlot,
  }
}
