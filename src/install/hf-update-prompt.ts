import { css, html, LitElement, nothing } from 'lit'
import { ServicesController } from '../app/services-controller.ts'
import { baseStyles } from '../design/shared-styles.ts'

/** Who clicks while writing goes on writing in the new version. */
const keepFocus = (event: MouseEvent) => event.preventDefault()

/** Offers a new version once it is ready, and says so while it takes over. */
export class UpdatePrompt extends LitElement {
  static override styles = [
    baseStyles,
    css`
      :host { display: contents; }
      div {
        display: flex; align-items: center; gap: 1rem; padding: 0.5rem 0.5rem 0.5rem 1.1rem; border-radius: 12px;
        background: var(--hf-raised); border: 1px solid var(--hf-line); box-shadow: var(--hf-shadow);
      }
    `,
  ]

  readonly #services = new ServicesController(this, ({ updates }, update) => [updates.onChange(update)])

  protected override render() {
    const updates = this.#services.value?.updates
    if (!updates || updates.state === 'none') return nothing
    const reloading = updates.state === 'reloading'
    return html`<div role="region" aria-label="Update">
      <span>${reloading ? 'Storing what you typed, then loading the new version…' : 'A new version is ready'}</span>
      <wa-button
        variant="brand"
        ?loading=${reloading}
        @mousedown=${keepFocus}
        @click=${() => void updates.apply()}
        >Reload</wa-button
      >
    </div>`
  }
}

customElements.define('hf-update-prompt', UpdatePrompt)

declare global {
  interface HTMLElementTagNameMap {
    'hf-update-prompt': UpdatePrompt
  }
}
