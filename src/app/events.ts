import type { DocumentId, WorkspaceId } from '../../protocol/ids.ts'
import type { Place } from '../../protocol/notes.ts'
import type { PageName } from './address.ts'

/** What the person wants of the app as a whole; `hf-app` does it. */
export type Wish =
  | { readonly type: 'new-note' }
  | { readonly type: 'open-note'; readonly note: DocumentId; readonly write: boolean }
  | { readonly type: 'close-note' }
  | { readonly type: 'trash-note'; readonly note: DocumentId }
  | { readonly type: 'restore-note'; readonly note: DocumentId }
  | { readonly type: 'delete-note'; readonly note: DocumentId }
  | { readonly type: 'show-place'; readonly place: Place }
  | { readonly type: 'show-dialog'; readonly dialog: DialogName | null }
  | { readonly type: 'show-page'; readonly page: PageName }
  | { readonly type: 'export' }
  | { readonly type: 'say'; readonly text: string }
  | { readonly type: 'switch-workspace'; readonly target: WorkspaceId }
  | { readonly type: 'transfer-note'; readonly note: DocumentId; readonly keep: boolean }
  | { readonly type: 'transferred'; readonly text: string; readonly back?: WayBack }

/** How a note that was moved comes back. */
export interface WayBack {
  /** What it was here. */
  readonly note: DocumentId
  /** What it is there. */
  readonly notes: readonly DocumentId[]
  readonly from: WorkspaceId
  readonly to: WorkspaceId
}

export type DialogName =
  | 'sync'
  | 'invite'
  | 'join'
  | 'import'
  | 'empty-trash'
  | 'recovered'
  | 'lock'
  | 'workspace'
  | 'new-workspace'
  | 'leave-workspace'
  | 'end-workspace'
  | 'move-note'
  | 'copy-note'

export class WishEvent extends Event {
  static readonly type = 'hf-wish'
  readonly wish: Wish
  constructor(what: Wish) {
    super(WishEvent.type, { bubbles: true, composed: true })
    this.wish = what
  }
}

export const wish = (element: EventTarget, what: Wish): void =>
  void element.dispatchEvent(new WishEvent(what))

declare global {
  interface GlobalEventHandlersEventMap {
    'hf-wish': WishEvent
  }
}
