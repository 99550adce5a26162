import { css, html, LitElement, nothing } from 'lit'
import { baseStyles } from '../design/shared-styles.ts'
import { ViewController } from '../views/view-controller.ts'
import { wish } from './events.ts'
import { ServicesController } from './services-controller.ts'

/** Says loudly that the app could not start, or that this device could not store something. */
export class Alarm extends LitElement {
  static override styles = [
    baseStyles,
    css`
      div {
        display: flex; flex-wrap: wrap; align-items: center; gap: 0.75rem; padding: 0.7rem 1.1rem;
        background: var(--hf-alarm-wash); color: var(--hf-alarm); border-bottom: 1px solid var(--hf-alarm);
      }
      p { flex: 1 1 18rem; }
      wa-icon { font-size: 20px; flex: none; }
    `,
  ]

  readonly #sync = new ViewController<'sync'>(this, { view: 'sync' })
  readonly #services = new ServicesController(this, ({ connection }, update) => [connection.onState(update)])

  protected override render() {
    const state = this.#services.value?.connection.state
    if (state?.type === 'failed')
      return html`<div role="alert"><wa-icon name="warning"></wa-icon><p>${state.failure.message}</p></div>`
    const problem = this.#sync.value?.storageProblem
    if (!problem) return nothing
    return html`<div role="alert">
      <wa-icon name="warning"></wa-icon>
      <p><strong>This device could not store everything.</strong> ${problem} Keep this window open, and save a copy of your notes.</p>
      <wa-button appearance="outlined" variant="danger" @click=${() => wish(this, { type: 'export' })}>Save a copy</wa-button>
    </div>`
  }
}

customElements.define('hf-alarm', Alarm)

declare global {
  interface HTMLElementTagNameMap {
    'hf-alarm': Alarm
  }
}
