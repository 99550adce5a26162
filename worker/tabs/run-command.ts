import type { Command, Intent, Outcomes } from '../../protocol/commands.ts'
import { type DocumentId, isDocumentId, isWorkspaceId, type WorkspaceId } from '../../protocol/ids.ts'
import { fail, ok, type Result } from '../../protocol/result.ts'
import type { LockCommands } from '../lock/lock-commands.ts'
import { exportNotes } from '../notes/export/export-notes.ts'
import { importNotes } from '../notes/import/import-notes.ts'
import type { Notes } from '../notes/notes.ts'
import type { Recovered } from '../notes/recovered.ts'
import type { Transfer } from '../notes/transfer.ts'
import type { Clock } from '../platform/clock.ts'
import type { FreeSpace } from '../platform/disk-space.ts'
import type { Random } from '../platform/random.ts'
import type { Vault } from '../vault/vault.ts'
import { runVaultCommand } from '../vault/vault-commands.ts'
import { createCommandLog } from './command-log.ts'
import { INTERNAL } from './internal.ts'
import { type PeopleCommands, runPeople } from './run-people.ts'

type Answer<T extends keyof Outcomes> = Promise<Result<Outcomes[T]>>

/** What concerns relays. Failures are results; nothing is thrown on purpose. */
export interface SyncCommands {
  turnOn(relay: string, operatorCode: string | undefined): Answer<'turn-on-sync'>
  turnOff(): Answer<'turn-off-sync'>
  addRelay(address: string, operatorCode: string | undefined, trusted: boolean): Answer<'add-relay'>
  removeRelay(
    origin: string,
    how: { readonly deleteThere: boolean; readonly onlyHere: boolean },
  ): Answer<'remove-relay'>
  retry(): Answer<'retry-sync'>
  wake(): Answer<'wake'>
}

/** What concerns the workspaces of this device. */
export interface WorkspaceCommands {
  /** In which other workspace of this device a note is. */
  find(note: DocumentId): Answer<'find-note'>
  /** `command` is the id of the command: the same one makes the same workspace. */
  create(
    command: string,
    look: { readonly name: string; readonly colour: string },
  ): Answer<'create-workspace'>
  switchTo(workspace: WorkspaceId): Answer<'switch-workspace'>
  change(look: {
    readonly name?: string | undefined
    readonly colour?: string | undefined
  }): Answer<'change-workspace'>
  leave(command: string, workspace: WorkspaceId, keepCopy: boolean): Answer<'leave-workspace'>
  delete(workspace: WorkspaceId): Answer<'delete-workspace'>
  transfer(
    command: string,
    what: {
      readonly source: WorkspaceId
      readonly target: WorkspaceId
      readonly notes: readonly DocumentId[]
      readonly keep: boolean
    },
  ): Answer<'transfer-notes'>
}

interface Deps {
  /** The notes of the workspace that is open now. */
  readonly notes: () => Notes
  readonly transfer: Transfer
  readonly sync: SyncCommands
  readonly people: PeopleCommands
  readonly workspaces: WorkspaceCommands
  /** The workspace that is shown. */
  readonly current: () => WorkspaceId
  /** Does something with the notes of a workspace, shown or not. Errors: `no-workspace`, and those of opening it. */
  readonly inWorkspace: <T>(
    workspace: WorkspaceId,
    act: (notes: Notes) => Promise<Result<T>>,
  ) => Promise<Result<T>>
  readonly clock: Clock
  readonly random: Random
  readonly freeSpace: FreeSpace
  readonly recovered: () => Pick<Recovered, 'restore' | 'remove'>
  readonly dismissLoss: () => Promise<void>
  readonly lock: LockCommands
  readonly vault: () => Vault
}

export type RunCommand = <I extends Intent>(command: Command<I>) => Promise<Result<Outcomes[I['type']]>>

/** Answers that would keep an archive or a secret in memory, or that mean nothing later. */
const FORGOTTEN: ReadonlySet<string> = new Set<Intent['type']>([
  'export-notes',
  'cancel-transfer',
  'flush',
  'active',
  'retry-sync',
  'wake',
  'vault-reveal',
  'vault-export',
  'look-at-invitation',
  'find-note',
])

/** Of these it does not matter which workspace is shown: they name theirs, are done in any, or are about the device. */
const ANYWHERE: ReadonlySet<string> = new Set<Intent['type']>([
  'find-note',
  'create-note',
  'flush',
  'wake',
  'cancel-transfer',
  'dismiss-loss',
  'turn-on-lock',
  'turn-off-lock',
  'change-passphrase',
  'set-lock-idle',
  'lock-now',
  'active',
  'look-at-invitation',
  'join-workspace',
  'create-workspace',
  'switch-workspace',
  'leave-workspace',
  'delete-workspace',
  'transfer-notes',
])

const OTHER_WORKSPACE = fail(
  'other-workspace',
  'Another workspace was opened meanwhile, in another tab. Nothing was done in either. Go back to the one that you mean, and try again.',
)

const UNKNOWN = fail('unknown-command', 'This tab asked for something that is not known here. Reload it.')

export const createRunCommand = (deps: Deps): RunCommand => {
  const { notes, transfer, sync, workspaces, clock, random, freeSpace, recovered, dismissLoss } = deps
  const log = createCommandLog()

  const onNote = async <T>(note: DocumentId, act: (note: DocumentId) => T): Promise<T | typeof UNKNOWN> =>
    isDocumentId(note) ? act(note) : UNKNOWN

  const flush = async (): Promise<Result<null>> => {
    await notes().flush()
    await notes().documents.flush()
    return ok(null)
  }

  const isElsewhere = (workspace: WorkspaceId | undefined): boolean =>
    workspace !== undefined && workspace !== deps.current()

  const withNotes = <T>(
    workspace: WorkspaceId | undefined,
    act: (notes: Notes) => Promise<Result<T>>,
  ): Promise<Result<T>> =>
    workspace !== undefined && isElsewhere(workspace) ? deps.inWorkspace(workspace, act) : act(notes())

  const run = async ({ id, intent, workspace }: Command): Promise<Result<Outcomes[keyof Outcomes]>> => {
    if (isElsewhere(workspace) && !ANYWHERE.has(intent.type)) return OTHER_WORKSPACE
    switch (intent.type) {
      case 'create-note':
        // The note is named by the command: a worker that never heard of it must not make another one.
        return await withNotes(workspace, ({ create }) =>
          create({ ...intent, ...(isDocumentId(id) && { id }) }),
        )
      case 'find-note':
        return await onNote(intent.note, workspaces.find)
      case 'trash-note':
        return await onNote(intent.note, notes().trash)
      case 'restore-note':
        return await onNote(intent.note, notes().restore)
      case 'delete-note':
        return await onNote(intent.note, notes().remove)
      case 'empty-trash':
        return await notes().emptyTrash()
      case 'restore-recovered':
        return await onNote(intent.note, recovered().restore)
      case 'delete-recovered':
        return await onNote(intent.note, recovered().remove)
      case 'dismiss-loss':
        await dismissLoss()
        return ok(null)
      case 'import-notes':
        return await transfer.run('import', async progress => {
          const { home, documents, flush } = notes()
          await flush()
          return await importNotes(
            { home, documents, clock, random, progress, freeSpace },
            intent.sources,
            intent.evenIfTight === true,
          )
        })
      case 'export-notes':
        return await transfer.run('export', async progress => {
          const { home, documents, flush } = notes()
          await flush()
          return await exportNotes({ home, documents, clock, progress })
        })
      case 'cancel-transfer':
        transfer.cancel()
        return ok(null)
      case 'flush':
        return await flush()
      case 'turn-on-sync':
        return await sync.turnOn(intent.relay, intent.operatorCode)
      case 'turn-off-sync':
        return await sync.turnOff()
      case 'add-relay':
        return await sync.addRelay(intent.address, intent.operatorCode, intent.trusted === true)
      case 'remove-relay':
        return await sync.removeRelay(intent.origin, {
          deleteThere: intent.deleteThere === true,
          onlyHere: intent.onlyHere === true,
        })
      case 'retry-sync':
        return await sync.retry()
      case 'wake':
        return await sync.wake()
      case 'create-invitation':
      case 'create-recovery-key':
      case 'revoke-invitation':
      case 'look-at-invitation':
      case 'join-workspace':
      case 'set-role':
      case 'remove-member':
      case 'rotate-keys':
      case 'rename-device':
        return await runPeople(deps.people, intent)
      case 'create-workspace':
        return await workspaces.create(id, intent)
      case 'switch-workspace':
        return isWorkspaceId(intent.target) ? await workspaces.switchTo(intent.target) : UNKNOWN
      case 'change-workspace':
        return await workspaces.change(intent)
      case 'leave-workspace':
        return isWorkspaceId(intent.target)
          ? await workspaces.leave(id, intent.target, intent.keepCopy === true)
          : UNKNOWN
      case 'delete-workspace':
        return isWorkspaceId(intent.target) ? await workspaces.delete(intent.target) : UNKNOWN
      case 'transfer-notes':
        return isWorkspaceId(intent.target) && Array.isArray(intent.notes)
          ? await workspaces.transfer(id, { ...intent, source: workspace ?? deps.current() })
          : UNKNOWN
      case 'turn-on-lock':
      case 'turn-off-lock':
      case 'change-passphrase':
      case 'set-lock-idle':
      case 'lock-now':
      case 'active':
        return await deps.lock(intent)
      case 'vault-save':
      case 'vault-reveal':
      case 'vault-delete':
      case 'vault-restore':
      case 'vault-erase':
      case 'vault-export':
      case 'vault-import':
        return await runVaultCommand({ vault: deps.vault(), clock, random }, intent, id)
      default:
        return unknown(intent)
    }
  }

  /** The parameter's type fails to compile when an intent is forgotten above. */
  const unknown = (_intent: never): Result<never> => UNKNOWN

  const guarded = async (command: Command): Promise<Result<Outcomes[keyof Outcomes]>> => {
    try {
      return await run(command)
    } catch (error) {
      console.error('A command failed.', command.intent.type, error)
      return INTERNAL
    }
  }

  return async <I extends Intent>(command: Command<I>) => {
    const { id, intent, workspace } = (command ?? {}) as Partial<Command<I>>
    if (typeof id !== 'string' || id === '' || typeof intent?.type !== 'string') return UNKNOWN
    if (workspace !== undefined && !isWorkspaceId(workspace)) return UNKNOWN
    // `run` answers each intent with that intent's outcome, which the type of a switch cannot say.
    return (await log.once(id, !FORGOTTEN.has(intent.type), () =>
      guarded({ id, intent, ...(workspace !== undefined && { workspace }) }),
    )) as Result<Outcomes[I['type']]>
  }
}
