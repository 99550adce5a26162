import { html, LitElement, nothing } from 'lit'
import { alarmBarStyles, baseStyles } from '../design/shared-styles.ts'
import { ViewController } from '../views/view-controller.ts'
import { wish } from './events.ts'
import { ServicesController } from './services-controller.ts'

/** Says loudly that the app could not start, or that this device could not store something. */
export class Alarm extends LitElement {
  static override styles = [baseStyles, alarmBarStyles]

  readonly #sync = new ViewController<'sync'>(this, { view: 'sync' })
  readonly #services = new ServicesController(this, ({ connection }, update) => [connection.onState(update)])

  protected override render() {
    const state = this.#services.value?.connection.state
    if (state?.type === 'failed')
      return html`<div class="bar" role="alert"><wa-icon name="warning"></wa-icon><p class="words">${state.failure.message}</p></div>`
    const problem = this.#sync.value?.storageProblem
    if (!problem) return nothing
    return html`<div class="bar" role="alert">
      <wa-icon name="warning"></wa-icon>
      <p class="words"><strong>This device could not store everything.</strong> ${problem} Keep this window open, and save a copy of your notes.</p>
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
