import { css, html, LitElement, nothing } from 'lit'
import { live } from 'lit/directives/live.js'
import type { VaultOutcomes } from '../../protocol/vault.ts'
import { baseStyles } from '../design/shared-styles.ts'
import { generatePassword } from './generate-password.ts'
import { ShownBriefly } from './shown-briefly.ts'

type Revealed = VaultOutcomes['vault-reveal']

/** One secret text of an entry: covered until somebody wants to see it, and covered again soon. */
export class SecretField extends LitElement {
  static override properties = {
    label: {},
    filled: { type: Boolean },
    several: { type: Boolean },
    lines: { type: Boolean },
    generated: { type: Boolean },
    readonly: { type: Boolean },
    load: { attribute: false },
    copy: { attribute: false },
    text: { state: true },
    others: { state: true },
  }

  static override styles = [
    baseStyles,
    css`
      :host { display: grid; gap: 0.4rem; }
      label, .label { font-weight: 500; font-size: 15px; }
      .line { display: flex; gap: 0.35rem; align-items: start; }
      .line > :first-child { flex: 1; min-width: 0; }
      input, textarea, .covered {
        width: 100%; min-height: var(--hf-target); padding: 0.5rem 0.75rem; border: 1px solid var(--hf-line-strong);
        border-radius: var(--hf-radius); background: var(--hf-raised); color: var(--hf-ink); font: 15px/1.5 var(--hf-font-mono);
      }
      textarea { resize: vertical; min-height: 6.5rem; }
      .covered { letter-spacing: 0.12em; cursor: pointer; text-align: left; }
      .covered.empty { color: var(--hf-ink-faint); letter-spacing: 0; font-family: var(--hf-font-ui); cursor: default; }
      wa-button::part(base) { padding: 0 0.6rem; }
      .others { display: grid; gap: 0.4rem; padding: 0.7rem 0.9rem; border-radius: var(--hf-radius); background: var(--hf-warn-wash); }
      .others p { font-size: 14px; color: var(--hf-warn); }
      .others li { display: flex; gap: 0.5rem; align-items: center; font-family: var(--hf-font-mono); overflow-wrap: anywhere; }
      .others li > span { flex: 1; min-width: 0; white-space: pre-wrap; }
    `,
  ]

  declare label: string
  /** Whether there is something to show. */
  declare filled: boolean
  /** Whether several wrote it at the same time. */
  declare several: boolean
  /** Of several lines. */
  declare lines: boolean
  /** Whether a new one can be made up. */
  declare generated: boolean
  declare readonly: boolean
  /** Fetches the secret; null where that failed and was said. */
  declare load: () => Promise<Revealed | null>
  /** Puts a secret into the clipboard for a while. */
  declare copy: (text: Promise<string>) => void
  /** Null as long as it is not here. */
  declare text: string | null
  declare others: readonly string[]

  /** Whether the person wrote something into it. */
  #edited = false
  readonly #brief = new ShownBriefly(this, () => this.#forget())

  constructor() {
    super()
    this.filled = false
    this.several = false
    this.lines = false
    this.generated = false
    this.readonly = false
    this.text = null
    this.others = []
  }

  /** What was written; undefined where nothing was. */
  get written(): string | undefined {
    return this.#edited ? (this.text ?? '') : undefined
  }

  /** What only was looked at is not kept. */
  #forget(): void {
    if (!this.#edited) this.text = null
    this.others = []
  }

  async #show(): Promise<void> {
    if (this.text === null) {
      const revealed = await this.load()
      if (!revealed) return
      this.text = revealed.text
      this.others = revealed.others
    }
    this.#brief.show()
    await this.updateComplete
    this.renderRoot.querySelector<HTMLElement>('input, textarea')?.focus()
  }

  #write(text: string): void {
    this.text = text
    this.#edited = true
    this.#brief.show()
  }

  #copy(): void {
    const { text } = this
    const loaded = async (): Promise<string> => {
      const revealed = await this.load()
      if (!revealed) throw new Error('not revealed')
      return revealed.text
    }
    this.copy(text === null ? loaded() : Promise.resolve(text))
  }

  #box() {
    const onInput = (event: Event) => this.#write((event.target as HTMLInputElement).value)
    const text = this.text ?? ''
    return this.lines
      ? html`<textarea id="box" autocomplete="off" spellcheck="false" rows="5" .value=${live(text)} ?readonly=${this.readonly} @input=${onInput}></textarea>`
      : html`<input id="box" autocomplete="off" autocapitalize="off" spellcheck="false" .value=${live(text)} ?readonly=${this.readonly} @input=${onInput} />`
  }

  #button(icon: string, label: string, act: () => void) {
    return html`<wa-button appearance="outlined" title=${label} @click=${act}><wa-icon name=${icon} label=${`${label}: ${this.label}`}></wa-icon></wa-button>`
  }

  protected override render() {
    const covers = this.text === null ? this.filled : this.text !== ''
    const isOpen = this.#brief.shown || (!covers && !this.readonly)
    return html`
      ${isOpen ? html`<label for="box">${this.label}</label>` : html`<span class="label" id="label">${this.label}</span>`}
      <div class="line">
        ${
          isOpen
            ? this.#box()
            : covers
              ? html`<button class="covered" tabindex="-1" aria-hidden="true" @click=${this.#show}>••••••••••</button>`
              : html`<div class="covered empty">Nothing</div>`
        }
        ${covers ? this.#button(this.#brief.shown ? 'eye-slash' : 'eye', this.#brief.shown ? 'Hide' : 'Show', () => (this.#brief.shown ? this.#brief.hide() : void this.#show())) : nothing}
        ${covers ? this.#button('copy', 'Copy', () => this.#copy()) : nothing}
        ${this.generated && !this.readonly ? this.#button('sync', 'Generate', () => this.#write(generatePassword())) : nothing}
      </div>
      ${this.several && !this.#edited ? this.#several() : nothing}
    `
  }

  #several() {
    return html`<div class="others">
      <p>This was written twice at the same time. Both are kept until one is saved.</p>
      ${
        this.others.length > 0
          ? html`<ul role="list" aria-label="Also written">${this.others.map(
              other => html`<li><span>${other}</span>
                ${this.readonly ? nothing : html`<wa-button appearance="outlined" @click=${() => this.#write(other)}>Use this one</wa-button>`}</li>`,
            )}</ul>`
          : nothing
      }
      ${this.readonly || this.text === null ? nothing : html`<wa-button appearance="outlined" @click=${() => this.#write(this.text ?? '')}>Keep the one above</wa-button>`}
    </div>`
  }
}

customElements.define('hf-secret-field', SecretField)

declare global {
  interface HTMLElementTagNameMap {
    'hf-secret-field': SecretField
  }
}
