import { html, nothing } from 'lit'
import type { DeviceRow, PersonRow } from '../../protocol/people.ts'
import { DialogElement } from '../app/dialog-element.ts'
import { formStyles } from './form-styles.ts'

/** Changes what a person is called, and one of their devices. */
export class NameDialog extends DialogElement {
  static override properties = { person: { attribute: false }, device: { attribute: false } }

  static override styles = [...DialogElement.styles, formStyles]

  declare person: PersonRow
  declare device: DeviceRow

  #text(name: string): string {
    const field = this.renderRoot.querySelector<HTMLElement & { value: string | null }>(`[name=${name}]`)
    return field?.value?.trim() ?? ''
  }

  async #save(event: Event): Promise<void> {
    event.preventDefault()
    const { device } = this.device
    const name = { person: this.#text('person'), device: this.#text('device') }
    if (await this.task.run(() => this.services.connection.run({ type: 'rename-device', device, name })))
      this.close()
  }

  protected override render() {
    const { failure, busy } = this.task
    const { person, device } = this
    const submit = () => this.renderRoot.querySelector('form')?.requestSubmit()
    return html`<wa-dialog label="Your name and device" @wa-after-hide=${this.onHidden}>
      <form class="stack" @submit=${this.#save}>
        ${failure ? html`<p class="alarm" role="alert">${failure.message}</p>` : nothing}
        <wa-input name="person" label="Your name" .defaultValue=${person.isNamed ? person.name : ''} autocomplete="name" autofocus hint="The same on all your devices. All members see it; the relay cannot read it."></wa-input>
        <wa-input name="device" label=${device.isThis ? 'This device' : 'Device'} required .defaultValue=${device.name} autocomplete="off"></wa-input>
      </form>
      <wa-button slot="footer" appearance="plain" ?disabled=${busy} @click=${() => this.close()}>Cancel</wa-button>
      <wa-button slot="footer" variant="brand" ?loading=${busy} @click=${submit}>Save</wa-button>
    </wa-dialog>`
  }
}

customElements.define('hf-name-dialog', NameDialog)

declare global {
  interface HTMLElementTagNameMap {
    'hf-name-dialog': NameDialog
  }
}
