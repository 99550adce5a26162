import * as Y from 'yjs'
import {
  type DocumentId,
  HOME_DOCUMENT,
  isNoteDocument,
  VAULT_DOCUMENT,
  type WorkspaceId,
} from '../../protocol/ids.ts'
import { createDocuments } from '../documents/local-documents.ts'
import { bring } from '../notes/bring.ts'
import { createDueSummaries } from '../notes/due-summaries.ts'
import { createHome } from '../notes/home.ts'
import { noteDocuments } from '../notes/notes.ts'
import { readNote } from '../notes/read-note.ts'
import { summaryOf } from '../notes/summary.ts'
import type { Clock } from '../platform/clock.ts'
import type { DeviceStore } from '../storage/device-store.ts'
import { documentDatabase, type FoundDocuments, readForm } from '../storage/document-databases.ts'
import { bringVault } from '../vault/bring-vault.ts'
import type { Renewal } from './renewal.ts'
import type { Session } from './session.ts'

interface Deps {
  readonly store: Pick<
    DeviceStore,
    'note' | 'setNote' | 'keys' | 'formerWorkspaces' | 'removeWorkspace' | 'wasRelayed'
  >
  readonly found: () => Promise<FoundDocuments | null>
  readonly clock: Clock
}

/** Workspaces whose texts are to be taken over, remembered until that is done. */
const LEFT = 'left over'

/**
 * The workspaces whose texts are to be taken over. To be called before keys are made: without keys, whatever documents
 * there are belong to a device that is lost.
 */
export const noticeLeftovers = async ({ store, found }: Deps): Promise<readonly WorkspaceId[]> => {
  const [keys, left, former] = await Promise.all([store.keys(), store.note(LEFT), store.formerWorkspaces()])
  if (keys) {
    const known = left === undefined ? [] : (JSON.parse(left) as WorkspaceId[])
    return [...new Set([...known, ...former])]
  }
  const workspaces = [...((await found()) ?? new Map<WorkspaceId, unknown>()).keys()]
  if (workspaces.length > 0) await store.setNote(LEFT, JSON.stringify(workspaces))
  return workspaces
}

const takeOver = async (
  workspace: WorkspaceId,
  ids: ReadonlySet<DocumentId>,
  session: Session,
  clock: Clock,
): Promise<number> => {
  const documents = await createDocuments({
    workspace,
    device: {
      documents: async () => new Map([...ids].map(id => [id, { clean: {} }])),
      setDocument: async () => undefined,
      removeDocument: async () => undefined,
    },
    clock,
    databaseName: id => documentDatabase(workspace, id),
    onProblem: () => undefined, // nothing is written there; what is written here has its own
  })
  const open = await documents.open(HOME_DOCUMENT)
  const home = createHome(open)
  const named = new Set(noteDocuments(home))
  const brought = await bring({ documents, home }, { documents: session.documents, home: session.notes.home })
  let kept = brought.ok ? brought.value : 0
  // Nobody else knows that these lines of the list are older than their texts.
  for (const [id, updated] of createDueSummaries(open).all()) {
    if (!named.has(id)) continue
    const summary = await summaryOf(await readNote(documents, id), updated)
    session.notes.home.write([{ note: id, fields: { summary } }])
  }
  for (const id of ids) {
    if (!isNoteDocument(id) || named.has(id) || home.get(id)?.fields.deleted !== undefined) continue
    const source = await documents.openInBackground(id)
    if (source.doc.getText('text').length > 0) {
      await session.documents.create(id, Y.encodeStateAsUpdate(source.doc))
      kept += 1
    }
    source.release()
  }
  // Its keys are gone with the device. What else there is to see of it still says what the person has lost.
  if (ids.has(VAULT_DOCUMENT)) await bringVault({ documents, sealer: null }, session.vault)
  await session.flush()
  home.close()
  open.release()
  await documents.close()
  if (brought.ok) for (const id of ids) await documents.remove(id)
  return kept
}

/** Those that a device lock had not sealed: with the keys of the device, what would open the others is gone. */
const readable = async (
  workspace: WorkspaceId,
  ids: ReadonlySet<DocumentId>,
): Promise<ReadonlySet<DocumentId> | null> => {
  const plain = new Set<DocumentId>()
  for (const id of ids) if ((await readForm(documentDatabase(workspace, id))) === 'plain') plain.add(id)
  return plain.has(HOME_DOCUMENT) || plain.size === ids.size ? plain : null
}

/**
 * Brings the texts of a lost device, and those of an earlier version, into the workspace that is open now; resolves with
 * the number of those that were lost.
 */
export const takeOverLeftovers = async (
  left: readonly WorkspaceId[],
  session: Session,
  renewal: Renewal,
  { store, found, clock }: Deps,
): Promise<number> => {
  if (left.length === 0) return 0
  const present = await found()
  const former = new Set(await store.formerWorkspaces())
  let kept = 0
  for (const workspace of left) {
    const found = present?.get(workspace)
    const ids = found && (await readable(workspace, found))
    if (!ids || workspace === session.workspace.id) continue
    const notes = await takeOver(workspace, ids, session, clock)
    if (former.has(workspace)) await renewal.add({ notes, synced: await store.wasRelayed(workspace) })
    else kept += notes
  }
  // One that could not be taken over whole is tried again at the next start.
  const remaining = await found()
  for (const workspace of former)
    if (remaining && !remaining.has(workspace)) await store.removeWorkspace(workspace)
  await store.setNote(LEFT, null)
  return kept
}
