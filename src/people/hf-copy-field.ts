import { css, html, LitElement } from 'lit'
import { baseStyles } from '../design/shared-styles.ts'
import { formStyles } from './form-styles.ts'

/** A text to be handed on, with a button that copies it. */
export class CopyField extends LitElement {
  static override properties = { label: {}, value: {}, copied: { state: true } }

  static override styles = [
    baseStyles,
    formStyles,
    css`
      :host { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 0.5rem; align-items: end; }
      wa-input::part(input) { font-family: var(--hf-font-mono); font-size: 12.5px; text-overflow: ellipsis; }
    `,
  ]

  declare label: string
  declare value: string
  declare copied: boolean

  constructor() {
    super()
    this.copied = false
  }

  async #copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(this.value)
      this.copied = true
    } catch {
      // Not allowed here: the text is selected, ready to be copied by hand.
      this.renderRoot.querySelector('wa-input')?.select()
    }
  }

  protected override render() {
    return html`<wa-input label=${this.label} readonly .value=${this.value} @focus=${(event: Event) =>
      (event.target as HTMLInputElement).select()}></wa-input>
      <wa-button appearance="outlined" @click=${this.#copy}
        ><wa-icon slot="start" name=${this.copied ? 'check' : 'copy'}></wa-icon>${this.copied ? 'Copied' : 'Copy'}<span class="unseen"> ${this.label}</span></wa-button
      >`
  }
}

customElements.define('hf-copy-field', CopyField)

declare global {
  interface HTMLElementTagNameMap {
    'hf-copy-field': CopyField
  }
}
