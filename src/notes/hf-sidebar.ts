import { css, html, LitElement, nothing } from 'lit'
import type { DocumentId } from '../../protocol/ids.ts'
import type { Place } from '../../protocol/notes.ts'
import type { WorkspaceRow } from '../../protocol/views.ts'
import { wish } from '../app/events.ts'
import { whenIdle } from '../app/when-idle.ts'
import { baseStyles } from '../design/shared-styles.ts'
import { ViewController } from '../views/view-controller.ts'
import '../workspaces/hf-workspace-switcher.ts'
import { FIRST_ROWS } from './first-rows.ts'
import './hf-notes-list.ts'
import { Selecting } from './selecting.ts'
import type { Selection, SelectionEvent } from './selection.ts'
import '../install/hf-install.ts'

const ROWS_AT_ONCE = 100

/** The list of notes or of the trash, what it is filtered by, and what can be done with all of them. */
export class Sidebar extends LitElement {
  static override properties = {
    listOnly: { attribute: false },
    workspaces: { attribute: false },
    place: {},
    current: {},
    recovered: { attribute: false },
    readonly: { type: Boolean },
    filter: { state: true },
  }

  static override styles = [
    baseStyles,
    css`
      :host { display: grid; grid-template: auto auto minmax(0, 1fr) auto / minmax(0, 1fr); min-height: 0; background: var(--hf-side); }
      header > wa-button { flex: none; }
      header { display: flex; align-items: center; gap: 0.55rem; padding: 0.85rem 0.9rem 0.65rem 1.1rem; min-height: calc(var(--hf-target) + 1.5rem); }
      h1:has(hf-workspace-switcher) { display: flex; align-items: center; min-width: 0; margin-inline-start: -0.5rem; }
      h1 { flex: 1; font-size: 17px; font-weight: 680; letter-spacing: -0.015em; }
      .filter { padding: 0 0.9rem 0.7rem; min-height: calc(var(--hf-target) + 0.7rem); }
      wa-input::part(form-control-label) {
        position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%);
      }
      wa-input::part(base) { background: var(--hf-raised); border-color: var(--hf-line); }
      footer { display: flex; flex-wrap: wrap; gap: 0 0.125rem; padding: 0.35rem 0.55rem; border-top: 1px solid var(--hf-line); }
      footer:empty { min-height: calc(3 * var(--hf-target) + 0.7rem + 1px); }
      footer wa-button, footer hf-install { flex: 1 1 auto; }
      footer wa-button::part(base) { padding: 0 0.6rem; font-size: 13.5px; font-weight: 500; color: var(--hf-ink-soft); }
      .rows { display: grid; grid-template-rows: auto minmax(0, 1fr); min-height: 0; }
      .badge { padding: 0.15rem 0.6rem; border-radius: 99px; background: var(--hf-accent-wash); color: var(--hf-accent-ink); font-size: 13px; font-weight: 550; }
      .how-many { color: var(--hf-ink-soft); font-size: 13px; font-weight: 400; margin-left: 0.4rem; letter-spacing: 0; }
      .problem { margin: 0 0.9rem 0.7rem; padding: 0.7rem 0.9rem; border-radius: var(--hf-radius); background: var(--hf-alarm-wash); color: var(--hf-alarm); }
    `,
  ]

  /** Draws nothing but the list, and keeps the room of all else. */
  declare listOnly: boolean
  declare workspaces: readonly WorkspaceRow[]
  declare place: Place
  declare current: DocumentId | null
  /** How many texts wait to be given a place again. */
  declare recovered: number
  /** This device may only look. */
  declare readonly: boolean
  declare filter: string

  readonly #notes = new ViewController<'notes'>(this, FIRST_ROWS)
  readonly #selecting = new Selecting(this, this.#notes)
  /** Whether the rows behind the first were asked for. */
  #isWhole = false

  constructor() {
    super()
    this.listOnly = false
    this.workspaces = []
    this.place = 'notes'
    this.current = null
    this.recovered = 0
    this.filter = ''
  }

  async focusFilter(): Promise<void> {
    this.listOnly = false
    await this.updateComplete
    const input = this.renderRoot.querySelector('wa-input')
    // It has nothing to focus until it was drawn itself.
    await input?.updateComplete
    input?.focus()
  }

  focusList(): void {
    this.renderRoot.querySelector('hf-notes-list')?.focusRow()
  }

  clearFilter(): void {
    this.#filterBy('')
  }

  endSelection(): void {
    this.#selecting.end()
  }

  #startSelection(): void {
    this.#selecting.selection = new Set()
    void this.updateComplete.then(() => this.focusList())
  }

  /** Whether there was a selection to be given up. */
  stopSelection(): boolean {
    if (this.#selecting.selection === null) return false
    this.endSelection()
    void this.updateComplete.then(() => this.focusList())
    return true
  }

  #transfer(keep: boolean): void {
    wish(this, { type: 'transfer-notes', notes: this.#selecting.notes, keep })
  }

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (!changed.has('place') || this.#notes.request.place === this.place) return
    this.endSelection()
    // The rows of the one place must never be seen under the name of the other.
    this.#notes.value = undefined
    this.#filterBy('')
  }

  protected override updated(): void {
    if (this.#isWhole || !this.#notes.value) return
    this.#isWhole = true
    whenIdle(window, () => {
      const { request } = this.#notes
      this.#notes.request = { ...request, limit: Math.max(request.limit, ROWS_AT_ONCE) }
    })
  }

  #filterBy(filter: string): void {
    this.filter = filter
    this.#notes.request = { view: 'notes', place: this.place, filter: filter.trim(), limit: ROWS_AT_ONCE }
  }

  #more(): void {
    const { request, value } = this.#notes
    // Rows that were asked for are still on their way.
    if (!value || request.limit > value.rows.length) return
    this.#notes.request = { ...request, limit: request.limit + ROWS_AT_ONCE }
  }

  #onFilterKey(event: KeyboardEvent): void {
    if (event.key === 'Escape' && this.filter) {
      event.stopPropagation()
      this.#filterBy('')
    } else if (event.key === 'ArrowDown') {
      event.preventDefault()
      this.focusList()
    }
  }

  protected override render() {
    const inTrash = this.place === 'trash'
    const { value, unavailable } = this.#notes
    const { selection } = this.#selecting
    return html`
      <header>
        ${this.listOnly ? nothing : selection ? this.#selectionHeader(selection) : inTrash ? this.#trashHeader() : this.#notesHeader(value?.all)}
      </header>
      <div class="filter">${this.listOnly ? nothing : this.#filterField()}</div>
      <div class="rows">
        <div>${unavailable ? html`<p class="problem" role="alert">${unavailable}</p>` : nothing}</div>
        <hf-notes-list
          .value=${value}
          .place=${this.#notes.request.place}
          .filter=${this.filter}
          .current=${this.current}
          .selection=${selection}
          @hf-selection=${({ selection }: SelectionEvent) => {
            this.#selecting.selection = selection
          }}
          @hf-more-rows=${this.#more}
        ></hf-notes-list>
      </div>
      <footer>${this.listOnly ? nothing : this.#actions(value?.all)}</footer>
    `
  }

  #filterField() {
    return html`<wa-input
      label="Filter notes"
      placeholder="Filter notes"
      autocomplete="off"
      .spellcheck=${false}
      with-clear
      .value=${this.filter}
      @input=${(event: Event) => this.#filterBy((event.target as HTMLInputElement).value ?? '')}
      @keydown=${this.#onFilterKey}
    >
      <wa-icon slot="start" name="search"></wa-icon>
    </wa-input>`
  }

  #actions(all: number | undefined) {
    const { selection } = this.#selecting
    if (selection) return this.#selectionActions(selection)
    if (this.place === 'trash') {
      const empty = () => wish(this, { type: 'show-dialog', dialog: 'empty-trash' })
      return this.#button('trash', 'Empty trash', empty, all === 0 || this.readonly)
    }
    return html`${this.readonly ? nothing : this.#button('import', 'Import', () => wish(this, { type: 'show-dialog', dialog: 'import' }))}
      ${this.#button('export', 'Export', () => wish(this, { type: 'export' }))}
      ${all ? this.#button('check', 'Select', () => this.#startSelection()) : nothing}
      ${this.#button('lock', 'Vault', () => wish(this, { type: 'show-page', page: 'vault' }))}
      ${this.#button('people', 'People', () => wish(this, { type: 'show-page', page: 'people' }))}
      ${this.#button('key', 'Device lock', () => wish(this, { type: 'show-dialog', dialog: 'lock' }))}
      ${this.#button('trash', 'Trash', () => wish(this, { type: 'show-place', place: 'trash' }))}
      ${
        this.recovered > 0
          ? this.#button('restore', `Recovered (${this.recovered})`, () =>
              wish(this, { type: 'show-dialog', dialog: 'recovered' }),
            )
          : nothing
      }
      <hf-install></hf-install>`
  }

  #notesHeader(all: number | undefined) {
    return html`
      <h1>
        <hf-workspace-switcher .rows=${this.workspaces}></hf-workspace-switcher>
        ${all ? html`<span class="how-many">${all.toLocaleString()}</span>` : nothing}
      </h1>
      ${
        this.readonly
          ? html`<span class="badge">Read only</span>`
          : html`<wa-button
              variant="brand"
              title="New note (N)"
              @click=${() => wish(this, { type: 'new-note' })}
              ><wa-icon slot="start" name="plus"></wa-icon>New note</wa-button
            >`
      }
    `
  }

  #selectionHeader({ size }: Selection) {
    return html`
      <wa-button appearance="plain" @click=${() => this.stopSelection()}
        ><wa-icon name="xmark" label="Stop selecting"></wa-icon
      ></wa-button>
      <h1 aria-live="polite">${size === 0 ? 'Select notes' : `${size.toLocaleString()} selected`}</h1>
      <wa-button appearance="plain" @click=${() => this.#selecting.all()}>Select all</wa-button>
    `
  }

  #selectionActions({ size }: Selection) {
    const none = size === 0
    const trash = () => wish(this, { type: 'trash-notes', notes: this.#selecting.notes })
    return html`
      ${this.readonly ? nothing : this.#button('move', 'Move…', () => this.#transfer(false), none)}
      ${this.#button('copy', 'Copy…', () => this.#transfer(true), none)}
      ${this.readonly ? nothing : this.#button('trash', 'Delete', trash, none)}
    `
  }

  #trashHeader() {
    return html`
      <wa-button appearance="plain" @click=${() => wish(this, { type: 'show-place', place: 'notes' })}
        ><wa-icon name="back" label="Back to notes"></wa-icon
      ></wa-button>
      <h1>Trash</h1>
    `
  }

  #button(icon: string, label: string, act: () => void, disabled = false) {
    return html`<wa-button appearance="plain" ?disabled=${disabled} @click=${act}
      ><wa-icon slot="start" name=${icon}></wa-icon>${label}</wa-button
    >`
  }
}

customElements.define('hf-sidebar', Sidebar)

declare global {
  interface HTMLElementTagNameMap {
    'hf-sidebar': Sidebar
  }
}
