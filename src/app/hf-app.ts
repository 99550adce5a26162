import { html, LitElement, nothing } from 'lit'
import { keyed } from 'lit/directives/keyed.js'
import type { ImportSource, Intent, Outcomes } from '../../protocol/commands.ts'
import type { DocumentId, WorkspaceId } from '../../protocol/ids.ts'
import type { PeopleValue } from '../../protocol/people.ts'
import type { Result } from '../../protocol/result.ts'
import type { Place, WorkspaceRow } from '../../protocol/views.ts'
import { type CommandOptions, newCommandId } from '../connection/command-queue.ts'
import { arrivals } from '../people/arrivals.ts'
import { archiveName, download } from '../transfer/download.ts'
import { missingFromExport } from '../transfer/export-report.ts'
import { FileDrop } from '../transfer/file-drop.ts'
import { ViewController } from '../views/view-controller.ts'
import {
  addressOfNote,
  addressOfPage,
  noteInAddress,
  type PageName,
  pageInAddress,
  takeInvitation,
} from './address.ts'
import { appStyles } from './app-styles.ts'
import { type DialogName, type WayBack, type Wish, type WishEvent, wish } from './events.ts'
import type { Toast } from './hf-toast.ts'
import { ServicesController } from './services-controller.ts'
import { isInDialog, shortcutFor, writesText } from './shortcuts.ts'
import './hf-alarm.ts'
import './hf-toast.ts'
import '../editor/hf-first-words.ts'
import '../notes/hf-sidebar.ts'
import '../notes/hf-no-note.ts'
import '../notes/hf-empty-trash-dialog.ts'
import '../notes/hf-recovered-dialog.ts'
import '../sync/hf-sync-bar.ts'
import '../sync/hf-sync-dialog.ts'
import '../sync/hf-sync-page.ts'
import '../transfer/hf-import-dialog.ts'
import { workspaceDialog } from '../workspaces/workspace-dialogs.ts'
import '../install/hf-loss-report.ts'
import '../lock/hf-lock-dialog.ts'
import '../install/hf-update-prompt.ts'

interface FreshNote {
  readonly note: DocumentId
  readonly workspace: WorkspaceId | undefined
  readonly isMade: boolean
}

/** The whole page: which note is open, which place is shown, and what the person wishes. */
export class App extends LitElement {
  static override properties = {
    invitation: { attribute: false },
    note: { state: true },
    fresh: { state: true },
    page: { state: true },
    place: { state: true },
    dialog: { state: true },
    dropped: { state: true },
  }

  static override styles = appStyles

  /** An invitation that the app was opened with. */
  declare invitation: string | null
  declare note: DocumentId | null
  /** A new note that is open, as long as its editor is not there. */
  declare fresh: FreshNote | null
  /** What stands in the place of a note. */
  declare page: PageName | null
  declare place: Place
  declare dialog: DialogName | null
  declare dropped: readonly ImportSource[] | null

  readonly #workspaces = new ViewController<'workspaces'>(this, { view: 'workspaces' })
  readonly #people = new ViewController<'people'>(this, { view: 'people' })
  readonly #sync = new ViewController<'sync'>(this, { view: 'sync' })
  readonly #recovered = new ViewController<'recovered'>(this, { view: 'recovered' })
  readonly #transfer = new ViewController<'transfer'>(this, { view: 'transfer' })
  readonly #services = new ServicesController(this)
  readonly #drop = new FileDrop(this, {
    dropped: sources => {
      this.dropped = sources
      this.dialog = 'import'
    },
    failed: error =>
      this.#say({
        text: `What you dropped could not be read: ${String(error)}. Nothing was imported.`,
        alarm: true,
      }),
  })
  readonly #leaving = new AbortController()
  /** The note that a dialog is about to move or copy. */
  #moving: DocumentId | null = null
  /** The workspace that was shown when it was last looked at. */
  #shown: WorkspaceId | undefined
  /** Who was there when that was last looked at. */
  #known: PeopleValue | undefined

  constructor() {
    super()
    this.invitation = null
    this.note = noteInAddress(location.hash)
    this.fresh = null
    this.page = pageInAddress(location.hash)
    this.place = 'notes'
    this.dialog = null
    this.dropped = null
    this.addEventListener('hf-wish', event => void this.#grant((event as WishEvent).wish))
  }

  override connectedCallback(): void {
    super.connectedCallback()
    if (this.invitation) this.dialog = 'join'
    const { signal } = this.#leaving
    window.addEventListener('popstate', () => this.#follow(), { signal })
    window.addEventListener('keydown', event => this.#onKey(event), { signal })
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#leaving.abort()
  }

  /** Opens a new note and puts the cursor into it at once; it is made meanwhile. */
  async newNote(): Promise<void> {
    const fresh = { note: newCommandId(), workspace: this.#shown, isMade: false }
    this.place = 'notes'
    this.#sidebar?.clearFilter()
    this.#open(fresh.note)
    this.fresh = fresh
    this.performUpdate()
    this.renderRoot.querySelector('hf-first-words')?.focusText()
    const made = await this.#ask({ type: 'create-note' }, { id: fresh.note, workspace: fresh.workspace })
    if (made) this.#services.value?.keepStorage()
    if (this.fresh !== fresh) return
    if (made) this.fresh = { ...fresh, isMade: true }
    // What was typed stays in view, and is stored if it can be later.
    else if (this.#services.value?.editing.firstWords(fresh.note)?.allStored()) this.#open(null)
  }

  get #rows(): readonly WorkspaceRow[] {
    return this.#workspaces.value?.rows ?? []
  }

  get #sidebar() {
    return this.renderRoot.querySelector('hf-sidebar')
  }

  /** Follows the address: the back button, a link, or an invitation that was pasted into it. */
  #follow(): void {
    const invitation = takeInvitation(window)
    if (invitation) {
      this.invitation = invitation
      this.dialog = 'join'
    } else {
      this.note = noteInAddress(location.hash)
      this.page = pageInAddress(location.hash)
    }
  }

  #open(note: DocumentId | null, write = false): void {
    if (note !== this.note || this.page) history.pushState(null, '', addressOfNote(note))
    this.note = note
    this.page = null
    if (write) void this.#focusText()
  }

  async #focusText(): Promise<void> {
    await Promise.all([this.updateComplete, customElements.whenDefined('hf-note')])
    await this.renderRoot.querySelector('hf-note')?.focusText()
  }

  protected override willUpdate(): void {
    this.#followWorkspace()
    if (this.page || this.fresh?.note !== this.note) this.fresh = null
  }

  /** Nobody comes unseen. */
  #tellArrivals(): void {
    const now = this.#people.value
    if (now === undefined || now === this.#known) return
    const said = arrivals(this.#known, now)
    this.#known = now
    if (said.length > 0) this.#say({ text: said.join(' ') })
  }

  /** This device may only look. */
  get #readOnly(): boolean {
    const role = this.#people.value?.role
    return role === 'reader' || role === null
  }

  /** Another workspace is shown, perhaps by another tab: what was open here belongs to the one before. */
  #followWorkspace(): void {
    const shown = this.#rows.find(({ current }) => current)?.id
    if (shown === undefined || shown === this.#shown) return
    const isFirst = this.#shown === undefined
    this.#shown = shown
    if (isFirst) return
    if (this.note !== null) history.replaceState(null, '', '/')
    this.note = null
    this.place = 'notes'
    this.#sidebar?.clearFilter()
  }

  protected override updated(changed: Map<PropertyKey, unknown>): void {
    const tellMissing = () =>
      this.#say({
        text: 'A part of the app could not be loaded. Your notes are safe. Load the page again.',
        alarm: true,
      })
    if (this.page === 'vault' && changed.has('page')) import('../vault/hf-vault-page.ts').catch(tellMissing)
    if (this.page === 'people' || this.dialog === 'invite' || this.dialog === 'join')
      import('../people/people.ts').catch(tellMissing)
    this.#tellArrivals()
    if (this.note !== null && changed.has('note')) this.#services.value?.editing.load().catch(tellMissing)
  }

  #openPage(page: PageName): void {
    if (this.page !== page) history.pushState(null, '', addressOfPage(page))
    this.note = null
    this.page = page
    this.dialog = null
  }

  #say(toast: Toast): void {
    this.renderRoot.querySelector('hf-toast')?.show(toast)
  }

  /** Runs a command; a refusal is said, and null is what comes back. */
  async #ask<I extends Intent>(
    intent: I,
    options?: CommandOptions,
  ): Promise<Outcomes[I['type']] | undefined> {
    const run = this.#services.value?.connection.run
    const result: Result<Outcomes[I['type']]> | undefined = await run?.(intent, options)
    if (result?.ok) return result.value
    if (result) this.#say({ text: result.error.message, alarm: true })
    return undefined
  }

  async #export(): Promise<void> {
    const made = await this.#ask({ type: 'export-notes' })
    if (!made?.archive) return
    await download(made.archive, archiveName(new Date()))
    if (made.missing > 0) this.#say({ text: missingFromExport(made.missing), alarm: true })
  }

  async #trash(note: DocumentId): Promise<void> {
    if ((await this.#ask({ type: 'trash-note', note })) === undefined) return
    if (this.note === note) this.#open(null)
    const bringBack = async () => {
      if ((await this.#ask({ type: 'restore-note', note })) !== undefined) this.#open(note)
    }
    this.#say({ text: 'Moved to the trash.', action: { label: 'Undo', act: () => void bringBack() } })
  }

  #transferred(text: string, back: WayBack | undefined): void {
    if (!back) {
      this.#say({ text })
      return
    }
    if (this.note === back.note) this.#open(null)
    const { notes, from, to } = back
    const undo = async () => {
      const intent = { type: 'transfer-notes', notes, target: to, keep: false } as const
      const done = await this.#ask(intent, { workspace: from })
      const [note] = done?.notes ?? []
      if (note !== undefined && this.#shown === to) this.#open(note)
    }
    this.#say({ text, action: { label: 'Undo', act: () => void undo() } })
  }

  async #grant(what: Wish): Promise<void> {
    switch (what.type) {
      case 'new-note':
        return this.newNote()
      case 'open-note':
        return this.#open(what.note, what.write)
      case 'close-note': {
        this.#open(null)
        await this.updateComplete
        return this.#sidebar?.focusList()
      }
      case 'trash-note':
        return this.#trash(what.note)
      case 'restore-note': {
        if ((await this.#ask({ type: 'restore-note', note: what.note })) === undefined) return
        this.place = 'notes'
        return this.#say({ text: 'The note is back.' })
      }
      case 'delete-note': {
        if ((await this.#ask({ type: 'delete-note', note: what.note })) === undefined) return
        if (this.note === what.note) this.#open(null)
        return this.#say({ text: 'Deleted for good.' })
      }
      case 'show-place':
        this.place = what.place
        return this.#open(null)
      case 'show-dialog':
        this.dialog = what.dialog
        this.dropped = null
        if (what.dialog === null) this.invitation = null
        return
      case 'show-page':
        return this.#openPage(what.page)
      case 'export':
        return this.#export()
      case 'say':
        return this.#say({ text: what.text })
      case 'switch-workspace':
        await this.#ask({ type: 'switch-workspace', target: what.target })
        return
      case 'transfer-note':
        this.#moving = what.note
        this.dialog = what.keep ? 'copy-note' : 'move-note'
        return
      case 'transferred':
        return this.#transferred(what.text, what.back)
    }
  }

  #onKey(event: KeyboardEvent): void {
    if (event.defaultPrevented || this.dialog || isInDialog(event)) return
    const shortcut = shortcutFor(event, writesText(event))
    switch (shortcut) {
      case 'new-note':
        wish(this, { type: 'new-note' })
        break
      case 'filter':
        this.#sidebar?.focusFilter()
        break
      case 'store':
        void this.#services.value?.connection.run({ type: 'flush' })
        break
      case 'leave':
        if (this.note === null && !this.page && this.place === 'notes') return
        if (this.note !== null || this.page) wish(this, { type: 'close-note' })
        else wish(this, { type: 'show-place', place: 'notes' })
        break
      case null:
        return
    }
    event.preventDefault()
  }

  #dialog() {
    const sync = this.#sync.value
    switch (this.dialog) {
      case 'sync':
        return sync ? html`<hf-sync-dialog .sync=${sync}></hf-sync-dialog>` : nothing
      case 'invite':
        return html`<hf-invite-dialog></hf-invite-dialog>`
      case 'join':
        return html`<hf-join-dialog .link=${this.invitation}></hf-join-dialog>`
      case 'import':
        return html`<hf-import-dialog .dropped=${this.dropped} .transfer=${this.#transfer.value ?? null}></hf-import-dialog>`
      case 'recovered':
        return html`<hf-recovered-dialog .rows=${this.#recovered.value ?? []}></hf-recovered-dialog>`
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
        return workspaceDialog(this.dialog, { rows: this.#rows, sync, moving: this.#moving })
      case null:
        return nothing
    }
  }

  #page() {
    if (this.page === 'sync') return html`<hf-sync-page .sync=${this.#sync.value}></hf-sync-page>`
    // What was begun in one workspace's vault never ends in another's.
    if (this.page === 'vault') return keyed(this.#shown, html`<hf-vault-page></hf-vault-page>`)
    if (this.page === 'people') return keyed(this.#shown, html`<hf-people-page></hf-people-page>`)
    if (!this.note) return html`<hf-no-note .place=${this.place} ?readonly=${this.#readOnly}></hf-no-note>`
    return html`
      ${this.fresh?.isMade === false ? nothing : html`<hf-note .note=${this.note}></hf-note>`}
      ${this.fresh ? keyed(this.note, this.#firstWords(this.fresh)) : nothing}
    `
  }

  #firstWords({ note, workspace }: FreshNote) {
    const done = () => {
      if (this.fresh?.note === note) this.fresh = null
    }
    return html`<hf-first-words
      .note=${note}
      .workspace=${workspace}
      @hf-first-words-done=${done}
    ></hf-first-words>`
  }

  protected override render() {
    const transfer = this.#transfer.value
    return html`
      <div class="app ${this.note || this.page ? 'reading' : ''}">
        <div class="alarms"><hf-alarm></hf-alarm><hf-loss-report></hf-loss-report></div>
        <nav class="side" aria-label="Notes and what to do with them">
          <hf-sidebar .workspaces=${this.#rows} .place=${this.place} .current=${this.note} .recovered=${this.#recovered.value?.length ?? 0} ?readonly=${this.#readOnly}></hf-sidebar>
        </nav>
        <hf-sync-bar
          .sync=${this.#sync.value}
          .behindDialog=${this.dialog === 'sync' || this.dialog === 'invite'}
        ></hf-sync-bar>
        <main>${this.#page()}</main>
      </div>
      <div class="floating">
        ${
          transfer?.kind === 'export'
            ? html`<div class="progress"><hf-transfer-progress .transfer=${transfer} kind="export"></hf-transfer-progress></div>`
            : nothing
        }
        <hf-update-prompt></hf-update-prompt>
        <hf-toast></hf-toast>
      </div>
      ${this.#drop.hovering ? html`<div class="drop">Drop to import</div>` : nothing} ${this.#dialog()}
    `
  }
}

customElements.define('hf-app', App)

declare global {
  interface HTMLElementTagNameMap {
    'hf-app': App
  }
}
