import { html, LitElement, nothing } from 'lit'
import { keyed } from 'lit/directives/keyed.js'
import { ArrivalNews } from '../people/arrival-news.ts'
import { FileDrop } from '../transfer/file-drop.ts'
import { ViewController } from '../views/view-controller.ts'
import { ShownWorkspace } from '../workspaces/shown-workspace.ts'
import { appStyles } from './app-styles.ts'
import { createAsk } from './ask.ts'
import { Dialogs } from './dialogs.ts'
import type { WishEvent } from './events.ts'
import { createGrant } from './grant-wishes.ts'
import type { Toast } from './hf-toast.ts'
import { Keyboard } from './keyboard.ts'
import { LaterCode } from './later-code.ts'
import { Navigation } from './navigation.ts'
import { NewNote } from './new-note.ts'
import { ServicesController } from './services-controller.ts'
import './hf-alarm.ts'
import './hf-toast.ts'
import '../install/hf-loss-report.ts'
import '../install/hf-update-prompt.ts'
import '../notes/hf-no-note.ts'
import '../notes/hf-sidebar.ts'
import '../sync/hf-sync-bar.ts'
import '../transfer/hf-transfer-progress.ts'

/** The whole page: puts together what is shown, and who does what the person wishes. */
export class App extends LitElement {
  static override properties = { listOnly: { attribute: false } }

  static override styles = appStyles

  /** Draws nothing but the list as long as nothing else is open: what a person looks for first is there sooner. */
  declare listOnly: boolean

  readonly #people = new ViewController<'people'>(this, { view: 'people' })
  readonly #sync = new ViewController<'sync'>(this, { view: 'sync' })
  readonly #recovered = new ViewController<'recovered'>(this, { view: 'recovered' })
  readonly #transfer = new ViewController<'transfer'>(this, { view: 'transfer' })
  readonly #services = new ServicesController(this)
  readonly #ask = createAsk(this.#services, toast => this.#say(toast))
  readonly #dialogs = new Dialogs(this)
  readonly #navigation = new Navigation(this, invitation => this.#dialogs.join(invitation))
  // What was open belongs to the workspace before.
  readonly #workspace = new ShownWorkspace(this, () => {
    this.#navigation.startOver(this.#workspace.id)
    this.#sidebar?.clearFilter()
    this.#sidebar?.endSelection()
  })
  readonly #newNote = new NewNote(this, {
    services: this.#services,
    navigation: this.#navigation,
    workspace: this.#workspace,
    ask: this.#ask,
    drawNow: () => {
      this.#sidebar?.clearFilter()
      this.performUpdate()
      this.renderRoot.querySelector('hf-first-words')?.focusText()
    },
  })
  readonly #drop = new FileDrop(this, {
    dropped: sources => this.#dialogs.importDropped(sources),
    failed: error =>
      this.#say({
        text: `What you dropped could not be read: ${String(error)}. Nothing was imported.`,
        alarm: true,
      }),
  })

  constructor() {
    super()
    this.listOnly = false
    new Keyboard(this, {
      navigation: this.#navigation,
      dialogs: this.#dialogs,
      focusFilter: () => void this.#sidebar?.focusFilter(),
      stopSelection: () => this.#sidebar?.stopSelection() ?? false,
      store: () => void this.#services.value?.connection.run({ type: 'flush' }),
    })
    new LaterCode(
      this,
      this.#services,
      () => ({ note: this.#navigation.note, page: this.#navigation.page, dialog: this.#dialogs.open }),
      () =>
        this.#say({
          text: 'A part of the app could not be loaded. Your notes are safe. Load the page again.',
          alarm: true,
        }),
    )
    new ArrivalNews(
      this,
      () => this.#people.value,
      text => this.#say({ text }),
    )
    const grant = createGrant({
      ask: this.#ask,
      say: toast => this.#say(toast),
      navigation: this.#navigation,
      dialogs: this.#dialogs,
      workspace: this.#workspace,
      newNote: this.#newNote,
      role: () => this.#people.value?.role ?? null,
      focusText: async () => {
        await Promise.all([this.updateComplete, customElements.whenDefined('hf-note')])
        await this.renderRoot.querySelector('hf-note')?.focusText()
      },
      focusList: async () => {
        await this.updateComplete
        this.#sidebar?.focusList()
      },
      endSelection: () => this.#sidebar?.endSelection(),
    })
    this.addEventListener('hf-wish', event => void grant((event as WishEvent).wish))
  }

  /** Opens a new note and puts the cursor into it at once; it is made meanwhile. */
  newNote(): Promise<void> {
    return this.#newNote.begin()
  }

  /** Asks the person whether to accept an invitation, which is a link. */
  join(invitation: string): void {
    this.#dialogs.join(invitation)
  }

  get #sidebar() {
    return this.renderRoot.querySelector('hf-sidebar')
  }

  #say(toast: Toast): void {
    this.renderRoot.querySelector('hf-toast')?.show(toast)
  }

  /** This device may only look. */
  get #readOnly(): boolean {
    const role = this.#people.value?.role
    return role === 'reader' || role === null
  }

  #page() {
    const { page, note, place } = this.#navigation
    if (page === 'sync') return html`<hf-sync-page .sync=${this.#sync.value}></hf-sync-page>`
    // What was begun in one workspace's vault never ends in another's.
    if (page === 'vault') return keyed(this.#workspace.id, html`<hf-vault-page></hf-vault-page>`)
    if (page === 'people') return keyed(this.#workspace.id, html`<hf-people-page></hf-people-page>`)
    if (!note) return html`<hf-no-note .place=${place} ?readonly=${this.#readOnly}></hf-no-note>`
    return this.#newNote.render(note)
  }

  protected override render() {
    const { note, page, place } = this.#navigation
    const { rows } = this.#workspace
    const { open } = this.#dialogs
    const [sync, recovered, transfer] = [this.#sync.value, this.#recovered.value, this.#transfer.value]
    const isWhole = !this.listOnly || note !== null || page !== null || open !== null
    return html`
      <div class="app ${note || page ? 'reading' : ''}">
        <div class="alarms">${isWhole ? html`<hf-alarm></hf-alarm><hf-loss-report></hf-loss-report>` : nothing}</div>
        <nav class="side" aria-label="Notes and what to do with them">
          <hf-sidebar .listOnly=${!isWhole} .workspaces=${rows} .place=${place} .current=${note} .recovered=${recovered?.length ?? 0} ?readonly=${this.#readOnly}></hf-sidebar>
        </nav>
        ${
          isWhole
            ? html`<hf-sync-bar .sync=${sync} .behindDialog=${open === 'sync' || open === 'invite'} ?readonly=${this.#readOnly}></hf-sync-bar>`
            : html`<div class="status"></div>`
        }
        <main>${isWhole ? this.#page() : nothing}</main>
      </div>
      <div class="floating">
        ${
          transfer?.kind === 'export'
            ? html`<div class="progress"><hf-transfer-progress .transfer=${transfer} kind="export"></hf-transfer-progress></div>`
            : nothing
        }
        ${isWhole ? html`<hf-update-prompt></hf-update-prompt>` : nothing}
        <hf-toast></hf-toast>
      </div>
      ${this.#drop.hovering ? html`<div class="drop">Drop to import</div>` : nothing}
      ${this.#dialogs.render({ rows, sync, recovered, transfer })}
    `
  }
}

customElements.define('hf-app', App)

declare global {
  interface HTMLElementTagNameMap {
    'hf-app': App
  }
}
