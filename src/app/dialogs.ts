import { html, nothing, type ReactiveControllerHost } from 'lit'
import type { ImportSource } from '../../protocol/commands.ts'
import type { DocumentId } from '../../protocol/ids.ts'
import type { RecoveredValue } from '../../protocol/notes.ts'
import type { SyncValue } from '../../protocol/sync.ts'
import type { TransferValue, WorkspaceRow } from '../../protocol/views.ts'
import { workspaceDialog } from '../workspaces/workspace-dialogs.ts'
import type { DialogName } from './events.ts'

/** What the dialogs are about, as far as it is known. */
interface Shown {
  readonly rows: readonly WorkspaceRow[]
  readonly sync: SyncValue | undefined
  readonly recovered: RecoveredValue | undefined
  readonly transfer: TransferValue | undefined
}

/** Which dialog is open, one at the most, and what it was opened with. */
export class Dialogs {
  #open: DialogName | null = null
  /** An invitation that is to be accepted. */
  #invitation: string | null = null
  /** Files that were dropped on the page, to be imported. */
  #dropped: readonly ImportSource[] | null = null
  /** The notes that are to be moved or copied. */
  #moving: readonly DocumentId[] = []
  readonly #host: Pick<ReactiveControllerHost, 'requestUpdate'>

  constructor(host: Pick<ReactiveControllerHost, 'requestUpdate'>) {
    this.#host = host
  }

  get open(): DialogName | null {
    return this.#open
  }

  show(dialog: DialogName | null): void {
    this.#dropped = null
    if (dialog === null) this.#invitation = null
    this.#become(dialog)
  }

  join(invitation: string): void {
    this.#invitation = invitation
    this.#become('join')
  }

  importDropped(sources: readonly ImportSource[]): void {
    this.#dropped = sources
    this.#become('import')
  }

  transfer(notes: readonly DocumentId[], keep: boolean): void {
    this.#moving = notes
    this.#become(keep ? 'copy-note' : 'move-note')
  }

  render({ rows, sync, recovered, transfer }: Shown) {
    switch (this.#open) {
      case 'sync':
        return sync ? html`<hf-sync-dialog .sync=${sync}></hf-sync-dialog>` : nothing
      case 'invite':
        return html`<hf-invite-dialog></hf-invite-dialog>`
      case 'join':
        return html`<hf-join-dialog .link=${this.#invitation}></hf-join-dialog>`
      case 'import':
        return html`<hf-import-dialog .dropped=${this.#dropped} .transfer=${transfer ?? null}></hf-import-dialog>`
      case 'recovered':
        return html`<hf-recovered-dialog .rows=${recovered ?? []}></hf-recovered-dialog>`
      case 'lock':
        return html`<hf-lock-dialog></hf-lock-dialog>`
      case 'empty-trash':
        return html`<hf-empty-trash-dialog></hf-empty-trash-dialog>`
      case 'workspace':
      case 'new-workspace':
      case 'leave-workspace':
      case 'end-workspace':
      case 'move-note':
      case 'copy-note':
        return workspaceDialog(this.#open, { rows, sync, moving: this.#moving })
      case null:
        return nothing
    }
  }

  #become(dialog: DialogName | null): void {
    this.#open = dialog
    this.#host.requestUpdate()
  }
}
