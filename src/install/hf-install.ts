import { css, html, LitElement, nothing } from 'lit'
import { ServicesController } from '../app/services-controller.ts'
import { baseStyles } from '../design/shared-styles.ts'

/** There only while the browser offers to install the app. */
export class Install extends LitElement {
  static override styles = [
    baseStyles,
    css`
      :host { display: contents; }
      wa-button { flex: 1 1 auto; }
      wa-button::part(base) { padding: 0 0.6rem; font-size: 13.5px; font-weight: 500; color: var(--hf-accent-ink); }
    `,
  ]

  readonly #services = new ServicesController(this, ({ installOffer }, update) => [
    installOffer.onChange(update),
  ])

  protected override render() {
    const offer = this.#services.value?.installOffer
    if (!offer?.available) return nothing
    return html`<wa-button appearance="plain" @click=${() => void offer.install()}
      ><wa-icon slot="start" name="install"></wa-icon>Install</wa-button
    >`
  }
}

customElements.define('hf-install', Install)

declare global {
  interface HTMLElementTagNameMap {
    'hf-install': Install
  }
}
