import { css, html, LitElement } from 'lit'
import type { TransferValue } from '../../protocol/views.ts'
import { ServicesController } from '../app/services-controller.ts'
import { baseStyles } from '../design/shared-styles.ts'

/** How far an import or export is, with a way out of it. */
export class TransferProgress extends LitElement {
  static override properties = { transfer: { attribute: false }, kind: {} }

  static override styles = [
    baseStyles,
    css`
      :host { display: grid; grid-template-columns: 1fr auto; gap: 0.35rem 0.75rem; align-items: center; }
      p { font-variant-numeric: tabular-nums; font-size: 13.5px; color: var(--hf-ink-soft); }
      wa-progress-bar { --track-height: 6px; grid-column: 1; }
      wa-button { grid-column: 2; grid-row: 1 / 3; }
    `,
  ]

  declare transfer: TransferValue
  declare kind: 'import' | 'export'

  readonly #services = new ServicesController(this)

  protected override render() {
    const { done = 0, total = 0 } = this.transfer ?? {}
    const doing = this.kind === 'import' ? 'Importing' : 'Exporting'
    const words = total > 0 ? `${doing} ${done.toLocaleString()} of ${total.toLocaleString()}` : `${doing}…`
    return html`
      <p>${words}</p>
      <wa-progress-bar
        label=${doing}
        .value=${total > 0 ? (100 * done) / total : 0}
        ?indeterminate=${total === 0}
      ></wa-progress-bar>
      <wa-button appearance="outlined" @click=${() => void this.#services.value?.connection.run({ type: 'cancel-transfer' })}
        >Cancel</wa-button
      >
    `
  }
}

customElements.define('hf-transfer-progress', TransferProgress)

declare global {
  interface HTMLElementTagNameMap {
    'hf-transfer-progress': TransferProgress
  }
}
