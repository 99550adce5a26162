import { css, html, LitElement } from 'lit'
import { type DocumentId, HOME_DOCUMENT } from '../../protocol/ids.ts'
import { wish } from '../app/events.ts'
import { ServicesController } from '../app/services-controller.ts'
import { baseStyles } from '../design/shared-styles.ts'
import { ViewController } from '../views/view-controller.ts'
import { receiptDetail, receiptWords } from './sync-words.ts'

/** How far the open note has come, in a few quiet words; more of it is a click away. */
export class Receipt extends LitElement {
  static override properties = { note: {} }

  static override styles = [
    baseStyles,
    css`
      :host { display: block; min-width: 0; }
      button {
        max-width: 100%; min-height: 2rem; padding: 0 0.5rem; border: 0; border-radius: 6px; background: none; cursor: pointer;
        font-size: 13px; color: var(--hf-ink-soft); white-space: nowrap; overflow: hidden; text-overflow: ellipsis;
        transition: color var(--hf-quick);
      }
      button:hover { color: var(--hf-ink); }
    `,
  ]

  declare note: DocumentId

  readonly #receipt = new ViewController<'receipt'>(this, { view: 'receipt', note: HOME_DOCUMENT })
  readonly #services = new ServicesController(this, ({ edits }, update) => [edits.onChange(update)])

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (changed.has('note')) this.#receipt.request = { view: 'receipt', note: this.note }
  }

  protected override render() {
    const receipt = this.#receipt.value
    const pending = this.#services.value?.edits.pending() ?? 'storing'
    return html`<button type="button" title=${receiptDetail(receipt, pending, Date.now())} @click=${() => wish(this, { type: 'show-page', page: 'sync' })}>${receiptWords(receipt, pending)}</button>`
  }
}

customElements.define('hf-receipt', Receipt)

declare global {
  interface HTMLElementTagNameMap {
    'hf-receipt': Receipt
  }
}
