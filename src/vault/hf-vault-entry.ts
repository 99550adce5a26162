import { css, html, nothing } from 'lit'
import { VAULT_KINDS, type VaultField, type VaultKind, type VaultRow } from '../../protocol/vault.ts'
import { DialogElement } from '../app/dialog-element.ts'
import { wish } from '../app/events.ts'
import { copySecret } from './copy-secret.ts'
import { VaultClosedEvent } from './events.ts'
import { KIND_WORDS, linkOf, PROBLEM_WORDS, VALUE_WORDS } from './vault-words.ts'
import './hf-secret-field.ts'

const PLAIN = ['title', 'username', 'url'] as const satisfies readonly VaultField[]
type PlainField = (typeof PLAIN)[number]
type PlainTexts = Record<PlainField, string>

const EMPTY: PlainTexts = { title: '', username: '', url: '' }

/** One entry: to look at, to change, or a new one. */
export class VaultEntry extends DialogElement {
  static override properties = {
    row: { attribute: false },
    writable: { type: Boolean },
    kind: { state: true },
    texts: { state: true },
    alsoWritten: { state: true },
  }

  static override styles = [
    ...DialogElement.styles,
    css`
      fieldset { display: flex; flex-wrap: wrap; gap: 0.4rem; margin: 0; padding: 0; border: 0; }
      legend { padding: 0; margin-bottom: 0.4rem; font-weight: 500; }
      fieldset label {
        display: flex; align-items: center; gap: 0.45rem; min-height: var(--hf-target); padding: 0 0.9rem;
        border: 1px solid var(--hf-line-strong); border-radius: 99px; cursor: pointer;
      }
      fieldset label:has(:checked) { background: var(--hf-accent-wash); border-color: var(--hf-accent); color: var(--hf-accent-ink); }
      fieldset input { accent-color: var(--hf-accent); margin: 0; }
      .others { color: var(--hf-warn); }
      .warn { padding: 0.7rem 0.9rem; border-radius: var(--hf-radius); background: var(--hf-warn-wash); color: var(--hf-warn); }
    `,
  ]

  /** Null for a new one. */
  declare row: VaultRow | null
  declare writable: boolean
  declare kind: VaultKind
  /** What the person wrote; the rest is as in the row. */
  declare texts: Partial<PlainTexts>
  /** What others wrote into a field at the same time as what stands there. */
  declare alsoWritten: Partial<Record<PlainField, readonly string[]>>

  constructor() {
    super()
    this.row = null
    this.writable = true
    this.kind = 'password'
    this.texts = {}
    this.alsoWritten = {}
  }

  readonly #closed = (event: Event): void => {
    if (event.target === event.currentTarget) this.dispatchEvent(new VaultClosedEvent())
  }

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (changed.has('row') && this.row) this.kind = this.row.kind
  }

  protected override updated(changed: Map<PropertyKey, unknown>): void {
    const before = changed.get('row') as VaultRow | null | undefined
    const several = PLAIN.filter(field => this.row?.several.includes(field))
    if (
      changed.has('row') &&
      several.join() !== PLAIN.filter(field => before?.several.includes(field)).join()
    )
      void this.#readOthers(several)
  }

  async #readOthers(fields: readonly PlainField[]): Promise<void> {
    const found: Partial<Record<PlainField, readonly string[]>> = {}
    for (const field of fields) found[field] = (await this.#load(field))?.others ?? []
    this.alsoWritten = found
  }

  #text(field: PlainField): string {
    return this.texts[field] ?? this.row?.[field] ?? EMPTY[field]
  }

  async #load(field: VaultField) {
    const { row } = this
    if (!row) return null
    const done = await this.task.run(() =>
      this.services.connection.run({ type: 'vault-reveal', entry: row.id, field }),
    )
    return done?.value ?? null
  }

  async #save(): Promise<void> {
    const fields: Partial<Record<VaultField, string>> = {}
    for (const field of PLAIN) {
      const text = this.#text(field)
      const isDecided = (this.alsoWritten[field]?.length ?? 0) > 0
      if (isDecided || text !== (this.row?.[field] ?? '')) fields[field] = text
    }
    for (const name of ['value', 'note'] as const) {
      const written = this.renderRoot.querySelector<HTMLElementTagNameMap['hf-secret-field']>(
        `[name=${name}]`,
      )?.written
      if (written !== undefined) fields[name] = written
    }
    const { row, kind } = this
    if (row && Object.keys(fields).length === 0) return this.close()
    const saved = await this.task.run(() =>
      this.services.connection.run({ type: 'vault-save', kind, fields, ...(row && { entry: row.id }) }),
    )
    if (!saved) return
    this.services.keepStorage()
    this.close()
  }

  /** Enter saves, but in texts of several lines it begins a new one. */
  readonly #onKey = (event: KeyboardEvent): void => {
    const [target] = event.composedPath()
    const inLine = target instanceof HTMLInputElement && target.type !== 'radio'
    if (event.key !== 'Enter' || event.isComposing || !inLine) return
    event.preventDefault()
    if (this.#mayWrite) void this.#save()
  }

  async #delete(): Promise<void> {
    const { row } = this
    const { run } = this.services.connection
    if (!row || !(await this.task.run(() => run({ type: 'vault-delete', entry: row.id })))) return
    wish(this, {
      type: 'say',
      text: 'Deleted. It waits at the end of the vault until you erase it for good.',
    })
    this.close()
  }

  #input(field: PlainField, label: string, inputMode: 'text' | 'url' = 'text') {
    return html`<wa-input
      label=${label}
      autocomplete="off"
      autocapitalize="off"
      inputmode=${inputMode}
      ?autofocus=${field === 'title' && !this.row}
      .spellcheck=${false}
      ?readonly=${!this.#mayWrite}
      .value=${this.#text(field)}
      @input=${(event: Event) => {
        this.texts = { ...this.texts, [field]: (event.target as HTMLInputElement).value ?? '' }
      }}
      >${this.#others(field)}</wa-input
    >`
  }

  #others(field: PlainField) {
    const others = this.alsoWritten[field] ?? []
    if (others.length === 0) return nothing
    const words = others.map(text => `“${text}”`).join(', ')
    return html`<span slot="hint" class="others">Written at the same time: ${words}. Saving keeps what stands above.</span>`
  }

  get #mayWrite(): boolean {
    return this.writable && this.row?.problem == null
  }

  #secret(field: 'value' | 'note', label: string, lines: boolean) {
    return html`<hf-secret-field
      name=${field}
      label=${label}
      ?lines=${lines}
      ?generated=${field === 'value' && this.kind === 'password'}
      ?filled=${this.row?.filled.includes(field) ?? false}
      ?several=${this.row?.several.includes(field) ?? false}
      ?readonly=${!this.#mayWrite}
      .load=${() => this.#load(field)}
      .copy=${copySecret}
    ></hf-secret-field>`
  }

  #kinds() {
    return html`<fieldset>
      <legend>Kind</legend>
      ${VAULT_KINDS.map(
        kind =>
          html`<label><input type="radio" name="kind" .checked=${kind === this.kind} @change=${() => {
            this.kind = kind
          }} />${KIND_WORDS[kind]}</label>`,
      )}
    </fieldset>`
  }

  #fields() {
    const { kind, row } = this
    const link = linkOf(this.#text('url'))
    const hasPlace = kind === 'password' || Boolean(row?.username || row?.url)
    return html`
      ${this.#input('title', 'Title')}
      ${
        hasPlace
          ? html`${this.#input('username', 'User name')}${this.#input('url', 'Address', 'url')}
            ${row && link ? html`<p><a href=${link} target="_blank" rel="noopener noreferrer">Open ${new URL(link).host}</a></p>` : nothing}`
          : nothing
      }
      ${this.#secret('value', VALUE_WORDS[kind], kind !== 'password')}
      ${kind === 'note' ? nothing : this.#secret('note', 'Secret remarks', true)}
    `
  }

  protected override render() {
    const { failure, busy } = this.task
    const { row } = this
    return html`<wa-dialog label=${row ? KIND_WORDS[row.kind] : 'New entry'} @wa-after-hide=${this.#closed}>
      <form class="stack" autocomplete="off" @keydown=${this.#onKey}>
        ${row ? nothing : this.#kinds()}
        ${row?.problem ? html`<p class="warn">${PROBLEM_WORDS[row.problem]}. It is kept as it is.</p>` : this.#fields()}
        ${failure ? html`<p class="alarm" role="alert">${failure.message}</p>` : nothing}
      </form>
      ${row && this.writable ? html`<wa-button slot="footer" appearance="plain" variant="danger" ?disabled=${busy} @click=${this.#delete}>Delete</wa-button>` : nothing}
      <wa-button slot="footer" appearance="plain" @click=${() => this.close()}>${this.#mayWrite ? 'Cancel' : 'Close'}</wa-button>
      ${this.#mayWrite ? html`<wa-button slot="footer" variant="brand" ?loading=${busy} @click=${this.#save}>Save</wa-button>` : nothing}
    </wa-dialog>`
  }
}

customElements.define('hf-vault-entry', VaultEntry)

declare global {
  interface HTMLElementTagNameMap {
    'hf-vault-entry': VaultEntry
  }
}
