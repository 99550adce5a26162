import { css, html, nothing } from 'lit'
import type { SyncValue } from '../../protocol/sync.ts'
import { DialogElement } from '../app/dialog-element.ts'
import { wish } from '../app/events.ts'
import { CAN_READ, relayName } from './relay-words.ts'
import { statusLine } from './status-line.ts'

/** Turns sync on and off, and takes an invitation from another device. */
export class SyncDialog extends DialogElement {
  static override properties = { sync: { attribute: false }, asksForCode: { state: true } }

  static override styles = [
    ...DialogElement.styles,
    css`
      h3 { font-size: 15px; font-weight: 650; }
      .facts { display: grid; grid-template-columns: auto 1fr; gap: 0.35rem 1rem; margin: 0; }
      dt { color: var(--hf-ink-soft); }
      dd { margin: 0; overflow-wrap: anywhere; }
      form { display: grid; gap: 0.75rem; }
      .link { justify-self: start; background: none; border: 0; padding: 0; color: var(--hf-accent-ink); text-decoration: underline; text-underline-offset: 3px; cursor: pointer; }
    `,
  ]

  declare sync: SyncValue
  declare asksForCode: boolean

  constructor() {
    super()
    this.asksForCode = false
  }

  #text(name: string): string {
    return (
      this.renderRoot
        .querySelector<HTMLElement & { value: string | null }>(`[name=${name}]`)
        ?.value?.trim() ?? ''
    )
  }

  async #turnOn(event: Event): Promise<void> {
    event.preventDefault()
    const operatorCode = this.#text('code')
    const done = await this.task.run(() =>
      this.services.connection.run({
        type: 'turn-on-sync',
        relay: this.#text('relay'),
        ...(operatorCode ? { operatorCode } : {}),
      }),
    )
    if (this.task.failure?.code.startsWith('operator-code')) this.asksForCode = true
    if (done) this.close()
  }

  async #turnOff(): Promise<void> {
    if (await this.task.run(() => this.services.connection.run({ type: 'turn-off-sync' }))) this.close()
  }

  #off() {
    const { busy } = this.task
    return html`
      <p class="quiet">
        Sync keeps your devices together. Notes are sealed on this device before they leave it: the relay that hands
        them on cannot read them.
      </p>
      <form @submit=${this.#turnOn}>
        <wa-input name="relay" label="Relay address" .defaultValue=${location.origin} inputmode="url" autocomplete="off" ></wa-input>
        ${
          this.asksForCode
            ? html`<wa-input name="code" label="Operator code" autocomplete="off" hint="Whoever runs this relay can give you one."></wa-input>`
            : html`<button type="button" class="link" @click=${() => {
                this.asksForCode = true
              }}>This relay asks for a code</button>`
        }
        <div class="row end">
          <wa-button type="submit" variant="brand" ?loading=${busy}>Turn on sync</wa-button>
        </div>
      </form>
      <hr />
      <h3>Is Holdfast on another device already?</h3>
      <p class="quiet">Choose “Add a device” there, and open its link here. Words, a recovery key, and links that cannot be opened are typed in.</p>
      <div class="row end"><wa-button appearance="outlined" @click=${() => wish(this, { type: 'show-dialog', dialog: 'join' })}>Join with an invitation</wa-button></div>
    `
  }

  #on() {
    const { sync, task } = this
    const line = statusLine(sync, { type: 'connected', epoch: '' }, false)
    return html`
      <dl class="facts">
        <dt>Status</dt><dd>${line.text}</dd>
        <dt>${sync.relays.length > 1 ? 'Relays' : 'Relay'}</dt>
        <dd>${sync.relays.map(({ origin, trusted }) => html`<div>${relayName(origin)}${trusted ? html` — <strong>${CAN_READ}</strong>` : nothing}</div>`)}</dd>
      </dl>
      <p class="quiet">${line.detail}</p>
      <div class="row end">
        <wa-button appearance="plain" variant="danger" ?disabled=${task.busy} @click=${this.#turnOff}>Turn off sync</wa-button>
        <wa-button appearance="outlined" @click=${() => wish(this, { type: 'show-page', page: 'sync' })}>Sync details</wa-button>
        <wa-button
          appearance="outlined"
          ?loading=${task.busy}
          @click=${() => void task.run(() => this.services.connection.run({ type: 'retry-sync' }))}
          >Try now</wa-button
        >
      </div>
    `
  }

  protected override render() {
    const { failure } = this.task
    return html`<wa-dialog label="Sync" @wa-after-hide=${this.onHidden}>
      <div class="stack">
        ${failure ? html`<p class="alarm" role="alert">${failure.message}</p>` : nothing}
        ${this.sync.phase === 'off' ? this.#off() : this.#on()}
      </div>
    </wa-dialog>`
  }
}

customElements.define('hf-sync-dialog', SyncDialog)

declare global {
  interface HTMLElementTagNameMap {
    'hf-sync-dialog': SyncDialog
  }
}
