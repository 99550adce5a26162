import type { DocumentId, WorkspaceId } from '../../protocol/ids.ts'
import type { Place } from '../../protocol/notes.ts'
import type { PageName } from './address.ts'

/** What the person wants of the app as a whole; `hf-app` does it. */
export type Wish =
  | { readonly type: 'new-note' }
  | { readonly type: 'open-note'; readonly note: DocumentId; readonly write: boolean }
  /** Of a workspace that is not shown now. */
  | { readonly type: 'open-note-in'; readonly note: DocumentId; readonly workspace: WorkspaceId }
  | { readonly type: 'close-note' }
  | { readonly type: 'trash-notes'; readonly notes: readonly DocumentId[] }
  | { readonly type: 'restore-note'; readonly note: DocumentId }
  | { readonly type: 'delete-note'; readonly note: DocumentId }
  | { readonly type: 'show-place'; readonly place: Place }
  | { readonly type: 'show-dialog'; readonly dialog: DialogName | null }
  | { readonly type: 'show-page'; readonly page: PageName }
  | { readonly type: 'export' }
  /** Somebody types where they may only read. */
  | { readonly type: 'tell-why-not' }
  | { readonly type: 'say'; readonly text: string }
  | { readonly type: 'switch-workspace'; readonly target: WorkspaceId }
  | { readonly type: 'transfer-notes'; readonly notes: readonly DocumentId[]; readonly keep: boolean }
  | { readonly type: 'transferred'; readonly text: string; readonly back?: WayBack }

/** How notes that were moved come back. */
export interface WayBack {
  /** What they were here. */
  readonly were: readonly DocumentId[]
  /** What they are there. */
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
