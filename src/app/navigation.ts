import type { ReactiveController, ReactiveControllerHost } from 'lit'
import type { DocumentId, WorkspaceId } from '../../protocol/ids.ts'
import type { Place } from '../../protocol/notes.ts'
import {
  addressOfNote,
  addressOfPage,
  noteInAddress,
  type PageName,
  pageInAddress,
  takeInvitation,
} from './address.ts'

/** Where the person is: which note or page is open, as the address says, and which place the list shows. */
export class Navigation implements ReactiveController {
  #note: DocumentId | null = noteInAddress(location.hash)
  #page: PageName | null = pageInAddress(location.hash)
  #place: Place = 'notes'
  #bound: { readonly note: DocumentId; readonly workspace: WorkspaceId } | null = null
  #life = 0
  readonly #host: ReactiveControllerHost
  readonly #onInvitation: (link: string) => void
  #leaving = new AbortController()

  /** `onInvitation` gets what is pasted into the address while the app is open. */
  constructor(host: ReactiveControllerHost, onInvitation: (link: string) => void) {
    this.#host = host
    this.#onInvitation = onInvitation
    host.addController(this)
  }

  hostConnected(): void {
    this.#leaving = new AbortController()
    window.addEventListener('popstate', () => this.#follow(), { signal: this.#leaving.signal })
  }

  hostDisconnected(): void {
    this.#leaving.abort()
  }

  get note(): DocumentId | null {
    return this.#note
  }

  /** Changes where the same note is to be opened anew. */
  get life(): number {
    return this.#life
  }

  /** What stands in the place of a note. */
  get page(): PageName | null {
    return this.#page
  }

  get place(): Place {
    return this.#place
  }

  openNote(note: DocumentId): void {
    this.#open(note)
  }

  closeNote(): void {
    this.#open(null)
  }

  openPage(page: PageName): void {
    if (this.#page !== page) history.pushState(null, '', addressOfPage(page))
    this.#go(null, page)
  }

  showPlace(place: Place): void {
    this.#place = place
    this.#host.requestUpdate()
  }

  /** The note that is open is in another workspace, and stays open when that is shown next. */
  bind(note: DocumentId, workspace: WorkspaceId): void {
    this.#bound = { note, workspace }
  }

  /** Another workspace is shown: the note that was open is not in it. A page is about whichever is shown. */
  startOver(shown: WorkspaceId | undefined): void {
    const bound = this.#bound
    this.#bound = null
    const stays = bound !== null && bound.note === this.#note && bound.workspace === shown
    this.#place = 'notes'
    if (stays) this.#life += 1
    else if (this.#note !== null) history.replaceState(null, '', '/')
    this.#go(stays ? this.#note : null, this.#page)
  }

  /** Follows the address: the back button, a link, or an invitation that was pasted into it. */
  #follow(): void {
    const invitation = takeInvitation(window)
    if (invitation) this.#onInvitation(invitation)
    else this.#go(noteInAddress(location.hash), pageInAddress(location.hash))
  }

  #open(note: DocumentId | null): void {
    if (note !== this.#note || this.#page) history.pushState(null, '', addressOfNote(note))
    this.#go(note, null)
  }

  #go(note: DocumentId | null, page: PageName | null): void {
    this.#note = note
    this.#page = page
    this.#host.requestUpdate()
  }
}
