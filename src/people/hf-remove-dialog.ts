import { html, nothing } from 'lit'
import type { DeviceRow, PersonRow } from '../../protocol/people.ts'
import { DialogElement } from '../app/dialog-element.ts'
import { wish } from '../app/events.ts'
import { removalWords, toldWords } from './people-words.ts'

/** Asks before a person, or one of their devices, is taken out, and says what they can still read. */
export class RemoveDialog extends DialogElement {
  static override properties = { person: { attribute: false }, device: { attribute: false } }

  declare person: PersonRow
  /** Only this one of theirs; null for all. */
  declare device: DeviceRow | null

  async #remove(): Promise<void> {
    const { person, device } = this
    const devices = (device ? [device] : person.devices).map(each => each.device)
    const done = await this.task.run(() => this.services.connection.run({ type: 'remove-member', devices }))
    if (!done) return
    const words = device ? `“${device.name}” was taken out.` : `${person.name} was removed.`
    wish(this, { type: 'say', text: toldWords(words, done.value) })
    this.close()
  }

  protected override render() {
    const { person, device } = this
    const { failure, busy } = this.task
    const label = device ? `Take out “${device.name}”?` : `Remove ${person.name}?`
    return html`<wa-dialog label=${label} @wa-after-hide=${this.onHidden}>
      <div class="stack">
        <p>${removalWords(person, device)}</p>
        ${failure ? html`<p class="alarm" role="alert">${failure.message}</p>` : nothing}
      </div>
      <wa-button slot="footer" appearance="plain" autofocus ?disabled=${busy} @click=${() => this.close()}>Cancel</wa-button>
      <wa-button slot="footer" variant="danger" ?loading=${busy} @click=${this.#remove}>${device ? 'Take it out' : 'Remove'}</wa-button>
    </wa-dialog>`
  }
}

customElements.define('hf-remove-dialog', RemoveDialog)

declare global {
  interface HTMLElementTagNameMap {
    'hf-remove-dialog': RemoveDialog
  }
}
