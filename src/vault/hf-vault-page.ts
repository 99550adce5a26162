import { css, html, LitElement, nothing } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import type { VaultEntryId, VaultRow, VaultValue } from '../../protocol/vault.ts'
import { wish } from '../app/events.ts'
import { ServicesController } from '../app/services-controller.ts'
import { Task } from '../app/task.ts'
import { pageStyles } from '../design/page-styles.ts'
import { ViewController } from '../views/view-controller.ts'
import { copySecret } from './copy-secret.ts'
import { detailOf, importedWords, KIND_ICONS, SEVERAL, titleOf, VALUE_WORDS } from './vault-words.ts'
import './hf-vault-entry.ts'
import './hf-vault-export-dialog.ts'

/** Which dialog is open: an entry by its id, a new one, or the question before an export. */
type Open = { readonly entry: VaultEntryId } | 'new' | 'export' | null

/** From so many entries on there is a field to find one by its title. */
const MANY = 8

/** The passwords, keys and secret notes of the workspace. What they say is fetched only when it is asked for. */
export class VaultPage extends LitElement {
  static override properties = { open: { state: true }, filter: { state: true }, erasing: { state: true } }

  static override styles = [
    ...pageStyles,
    css`
      header h2 { flex: 1; }
      .entry { display: flex; align-items: center; gap: 0.8rem; flex: 1; min-width: 0; min-height: 3.4rem; padding: 0.5rem 0; border: 0; background: none; text-align: left; cursor: pointer; }
      .entry:focus-visible { outline-offset: -3px; border-radius: 10px; }
      .entry wa-icon { color: var(--hf-ink-soft); }
      .row { padding-block: 0; }
      .row:hover { background: var(--hf-wash); }
      .row:first-child { border-radius: 12px 12px 0 0; } .row:last-child { border-radius: 0 0 12px 12px; } .row:only-child { border-radius: 12px; }
      .row wa-button::part(base) { padding: 0 0.6rem; }
      .name { font-weight: 600; display: block; }
      .differs { display: block; font-size: 14px; color: var(--hf-warn); }
      .empty { display: grid; gap: 1rem; justify-items: center; padding: 3rem 1rem; text-align: center; color: var(--hf-ink-soft); }
      .empty wa-icon { font-size: 46px; opacity: 0.6; }
      .tools { display: flex; flex-wrap: wrap; gap: 0.5rem; }
    `,
  ]

  declare open: Open
  declare filter: string
  /** The deleted entry that is to be erased, once that is said again. */
  declare erasing: VaultEntryId | null

  readonly #vault = new ViewController<'vault'>(this, { view: 'vault' })
  readonly #services = new ServicesController(this)
  readonly #task = new Task(this)

  constructor() {
    super()
    this.open = null
    this.filter = ''
    this.erasing = null
    this.addEventListener('hf-vault-closed', () => {
      this.open = null
    })
  }

  protected override firstUpdated(): void {
    // Whoever opened it with the keyboard goes on from here.
    this.renderRoot.querySelector<HTMLElement>('h2')?.focus()
  }

  get #run() {
    return this.#services.value!.connection.run
  }

  async #reveal(row: VaultRow): Promise<string> {
    const revealed = await this.#task.run(() =>
      this.#run({ type: 'vault-reveal', entry: row.id, field: 'value' }),
    )
    if (!revealed) throw new Error('not revealed')
    return revealed.value.text
  }

  async #change(type: 'vault-restore' | 'vault-erase', entry: VaultEntryId): Promise<void> {
    this.erasing = null
    await this.#task.run(() => this.#run({ type, entry }))
  }

  async #import(event: Event): Promise<void> {
    const field = event.target as HTMLInputElement
    const text = await field.files?.[0]?.text()
    field.value = ''
    if (text === undefined) return
    const done = await this.#task.run(() => this.#run({ type: 'vault-import', text }))
    if (done) wish(this, { type: 'say', text: importedWords(done.value) })
  }

  #row(row: VaultRow) {
    return html`<li class="row">
      <button class="entry" @click=${() => {
        this.open = { entry: row.id }
      }}>
        <wa-icon name=${row.problem ? 'warning' : KIND_ICONS[row.kind]}></wa-icon>
        <span class="what"><span class="name">${titleOf(row)}</span><span class="quiet">${detailOf(row)}</span>${row.several.length > 0 ? html`<span class="differs">${SEVERAL}</span>` : nothing}</span>
      </button>
      ${
        row.filled.includes('value') && !row.problem
          ? html`<wa-button appearance="plain" title=${`Copy ${VALUE_WORDS[row.kind].toLowerCase()}`} @click=${() => copySecret(this.#reveal(row))}
              ><wa-icon name="copy" label=${`Copy ${VALUE_WORDS[row.kind].toLowerCase()} of ${titleOf(row)}`}></wa-icon></wa-button>`
          : nothing
      }
    </li>`
  }

  #deletedRow(row: VaultRow, writable: boolean) {
    const asks = this.erasing === row.id
    return html`<li class="row">
      <span class="what entry"><span><span class="name">${titleOf(row)}</span><span class="quiet">${asks ? 'Nothing of it is kept, on any device.' : detailOf(row)}</span></span></span>
      ${
        !writable
          ? nothing
          : asks
            ? html`<wa-button appearance="plain" @click=${() => {
                this.erasing = null
              }}>Keep</wa-button><wa-button variant="danger" @click=${() => this.#change('vault-erase', row.id)}>Erase</wa-button>`
            : html`<wa-button appearance="plain" @click=${() => this.#change('vault-restore', row.id)}>Restore</wa-button>
                <wa-button appearance="plain" @click=${() => {
                  this.erasing = row.id
                }}>Erase…</wa-button>`
      }
    </li>`
  }

  #about(vault: VaultValue) {
    const by =
      vault.sealedBy === 'device'
        ? 'Sealed by a key that never leaves this device. When you turn on sync, it is sealed by the key of the workspace instead, so that your other devices can open it.'
        : 'Sealed by the key of the workspace: its members can open it, and the relay cannot.'
    return html`<p class="quiet">${by} It is never found by a search, and the ordinary export leaves it out.</p>`
  }

  #all(vault: VaultValue) {
    const kept = vault.rows.filter(({ deleted }) => !deleted)
    const deleted = vault.rows.filter(row => row.deleted)
    const words = this.filter.trim().toLocaleLowerCase()
    const found = kept.filter(row => `${row.title} ${detailOf(row)}`.toLocaleLowerCase().includes(words))
    return html`
      ${vault.sealing ? html`<p role="status">Sealing ${vault.sealing.total - vault.sealing.done} more with another key…</p>` : nothing}
      ${this.#task.failure ? html`<p class="alarm" role="alert">${this.#task.failure.message}</p>` : nothing}
      ${vault.writable ? nothing : html`<p>You can look at this vault. Its members who may write can change it.</p>`}
      ${
        kept.length >= MANY
          ? html`<wa-input label="Find in the vault" autocomplete="off" with-clear .value=${this.filter} @input=${(
              event: Event,
            ) => {
              this.filter = (event.target as HTMLInputElement).value ?? ''
            }}><wa-icon slot="start" name="search"></wa-icon></wa-input>`
          : nothing
      }
      ${
        kept.length === 0
          ? html`<div class="empty"><wa-icon name="lock"></wa-icon><p>Passwords, keys, and notes to nobody.</p></div>`
          : found.length === 0
            ? html`<p class="quiet">Nothing is called that.</p>`
            : html`<ul class="card" role="list" aria-label="Vault">${repeat(
                found,
                row => row.id,
                row => this.#row(row),
              )}</ul>`
      }
      ${this.#about(vault)}
      ${
        deleted.length > 0
          ? html`<section aria-labelledby="deleted"><h3 id="deleted">Deleted</h3>
              <ul class="card" role="list" aria-label="Deleted">${deleted.map(row => this.#deletedRow(row, vault.writable))}</ul></section>`
          : nothing
      }
      <div class="tools">
        <wa-button appearance="outlined" ?disabled=${kept.length === 0} @click=${() => {
          this.open = 'export'
        }}><wa-icon slot="start" name="export"></wa-icon>Export the vault…</wa-button>
        ${vault.writable ? html`<wa-button appearance="outlined" @click=${() => this.renderRoot.querySelector<HTMLInputElement>('input[type=file]')?.click()}><wa-icon slot="start" name="import"></wa-icon>Import a vault</wa-button>` : nothing}
        <input type="file" aria-label="File of a vault" accept=".json,application/json" hidden @change=${this.#import} />
      </div>
    `
  }

  #dialog(vault: VaultValue) {
    const { open } = this
    if (open === null) return nothing
    if (open === 'export') return html`<hf-vault-export-dialog></hf-vault-export-dialog>`
    const row = open === 'new' ? null : vault.rows.find(({ id }) => id === open.entry)
    return row === undefined
      ? nothing
      : html`<hf-vault-entry .row=${row} ?writable=${vault.writable}></hf-vault-entry>`
  }

  protected override render() {
    const { value, unavailable } = this.#vault
    return html`
      <header>
        <wa-button appearance="plain" @click=${() => wish(this, { type: 'close-note' })}><wa-icon name="back" label="Back to the list"></wa-icon></wa-button>
        <h2 tabindex="-1">Vault</h2>
        ${
          value?.writable
            ? html`<wa-button variant="brand" @click=${() => {
                this.open = 'new'
              }}><wa-icon slot="start" name="plus"></wa-icon>New entry</wa-button>`
            : nothing
        }
      </header>
      <div class="page">
        ${unavailable ? html`<p class="alarm" role="alert">${unavailable}</p>` : value ? this.#all(value) : nothing}
      </div>
      ${value ? this.#dialog(value) : nothing}
    `
  }
}

customElements.define('hf-vault-page', VaultPage)

declare global {
  interface HTMLElementTagNameMap {
    'hf-vault-page': VaultPage
  }
}
