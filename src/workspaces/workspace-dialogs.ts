import { html, nothing } from 'lit'
import type { DocumentId } from '../../protocol/ids.ts'
import type { SyncValue } from '../../protocol/sync.ts'
import type { WorkspaceRow } from '../../protocol/views.ts'
import type { DialogName } from '../app/events.ts'

type WorkspaceDialogName = Extract<
  DialogName,
  'workspace' | 'new-workspace' | 'leave-workspace' | 'end-workspace' | 'move-note' | 'copy-note'
>

interface Shown {
  readonly rows: readonly WorkspaceRow[]
  readonly sync: SyncValue | undefined
  /** The notes that are to be moved or copied. */
  readonly moving: readonly DocumentId[]
}

/** The dialogs about workspaces; nothing as long as what they are about is not known. */
export const workspaceDialog = (name: WorkspaceDialogName, { rows, sync, moving }: Shown) => {
  const row = rows.find(({ current }) => current)
  if (!row) return nothing
  switch (name) {
    case 'workspace':
      return html`<hf-workspace-dialog .row=${row} .sync=${sync}></hf-workspace-dialog>`
    case 'new-workspace':
      return html`<hf-new-workspace-dialog .rows=${rows}></hf-new-workspace-dialog>`
    case 'leave-workspace':
      return html`<hf-leave-dialog .row=${row} .rows=${rows} .sync=${sync}></hf-leave-dialog>`
    case 'end-workspace':
      return html`<hf-end-dialog .row=${row}></hf-end-dialog>`
    case 'move-note':
    case 'copy-note':
      return html`<hf-transfer-dialog .rows=${rows} .notes=${moving} .keep=${name === 'copy-note'}></hf-transfer-dialog>`
  }
}
