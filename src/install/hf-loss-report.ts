import { css, html, LitElement, nothing } from 'lit'
import { ServicesController } from '../app/services-controller.ts'
import { alarmBarStyles, baseStyles } from '../design/shared-styles.ts'
import { ViewController } from '../views/view-controller.ts'
import { lossReport } from './loss-report.ts'

const TITLES_SHOWN = 50

/** Tells what the browser took away, or a new version put elsewhere, until the person has read it. There only where something was. */
export class LossReport extends LitElement {
  static override styles = [
    baseStyles,
    alarmBarStyles,
    css`
      :host { display: block; }
      ul { max-height: 20vh; overflow: auto; margin-top: 0.4rem; padding-left: 1.2rem; list-style: disc; }
    `,
  ]

  readonly #storage = new ViewController<'storage'>(this, { view: 'storage' })
  readonly #sync = new ViewController<'sync'>(this, { view: 'sync' })
  readonly #notes = new ViewController<'notes'>(this, { view: 'notes', place: 'notes', filter: '', limit: 0 })
  readonly #services = new ServicesController(this)

  #report() {
    const storage = this.#storage.value
    const memory = this.#services.value?.deviceMemory
    if (!storage || !memory) return null
    return lossReport(storage, memory.get(), (this.#sync.value?.relay ?? null) !== null)
  }

  #remember(): void {
    const storage = this.#storage.value
    const sync = this.#sync.value
    const notes = this.#notes.value
    if (!storage || !sync || !notes) return
    this.#services.value?.deviceMemory.set({ device: storage.device, notes: notes.all, relay: sync.relay })
  }

  protected override updated(): void {
    if (!this.#report()) this.#remember()
  }

  async #dismiss(): Promise<void> {
    const done = await this.#services.value?.connection.run({ type: 'dismiss-loss' })
    if (!done?.ok) return
    this.#remember()
    this.requestUpdate()
  }

  protected override render() {
    const report = this.#report()
    if (!report) return nothing
    const { heading, text, titles } = report
    const more = titles.length - TITLES_SHOWN
    return html`<section class="bar" role="alert">
      <wa-icon name="warning"></wa-icon>
      <div class="words">
        <p><strong>${heading}</strong> ${text}</p>
        ${
          titles.length > 0
            ? html`<ul aria-label="Notes that did not come back">
                ${titles.slice(0, TITLES_SHOWN).map(title => html`<li>${title}</li>`)}
                ${more > 0 ? html`<li>and ${more.toLocaleString()} more</li>` : nothing}
              </ul>`
            : nothing
        }
      </div>
      <wa-button appearance="outlined" variant="danger" @click=${() => void this.#dismiss()}>I have read this</wa-button>
    </section>`
  }
}

customElements.define('hf-loss-report', LossReport)

declare global {
  interface HTMLElementTagNameMap {
    'hf-loss-report': LossReport
  }
}
