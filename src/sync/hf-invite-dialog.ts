import { css, html, nothing } from 'lit'
import type { Outcomes } from '../../protocol/commands.ts'
import { DialogElement } from '../app/dialog-element.ts'
import { qrCode } from './qr-code.ts'

/** Shows an invitation, as a link and as a QR code, for another device to join this workspace. */
export class InviteDialog extends DialogElement {
  static override properties = { invitation: { state: true }, copied: { state: true } }

  static override styles = [
    ...DialogElement.styles,
    css`
      .code { justify-self: center; width: min(15rem, 70vw); border-radius: 12px; overflow: hidden; border: 1px solid var(--hf-line); line-height: 0; }
      .link { display: grid; grid-template-columns: 1fr auto; gap: 0.5rem; align-items: end; }
      wa-input::part(input) { font-family: var(--hf-font-mono); font-size: 12.5px; text-overflow: ellipsis; }
    `,
  ]

  declare invitation: Outcomes['invite-device'] | null
  declare copied: boolean

  constructor() {
    super()
    this.invitation = null
    this.copied = false
  }

  protected override firstUpdated(): void {
    super.firstUpdated()
    void this.#invite()
  }

  async #invite(): Promise<void> {
    const made = await this.task.run(() => this.services.connection.run({ type: 'invite-device' }))
    if (made) this.invitation = made.value
  }

  async #copy(link: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(link)
      this.copied = true
    } catch {
      // Not allowed here: the link is selected, ready to be copied by hand.
      this.renderRoot.querySelector('wa-input')?.select()
    }
  }

  #shown({ link, expires }: Outcomes['invite-device']) {
    const until = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' }).format(
      expires,
    )
    return html`
      <p>Scan this with the other device, or open the link on it.</p>
      <div class="code">${qrCode(link)}</div>
      <div class="link">
        <wa-input label="Invitation link" readonly .value=${link} @focus=${(event: Event) => (event.target as HTMLInputElement).select()}></wa-input>
        <wa-button appearance="outlined" @click=${() => void this.#copy(link)}
          ><wa-icon slot="start" name=${this.copied ? 'check' : 'copy'}></wa-icon>${this.copied ? 'Copied' : 'Copy'}</wa-button
        >
      </div>
      <p class="quiet">
        <strong>Whoever has this link can read and change everything in this workspace.</strong> Give it to nobody else.
        It is valid until ${until}.
      </p>
    `
  }

  protected override render() {
    const { failure, busy } = this.task
    return html`<wa-dialog label="Add a device" @wa-after-hide=${this.onHidden}>
      <div class="stack">
        ${
          failure
            ? html`<p class="alarm" role="alert">${failure.message}</p>
              <div class="row end"><wa-button @click=${this.#invite}>Try again</wa-button></div>`
            : nothing
        }
        ${busy ? html`<p class="quiet">Making an invitation…</p>` : nothing}
        ${this.invitation ? this.#shown(this.invitation) : nothing}
      </div>
    </wa-dialog>`
  }
}

customElements.define('hf-invite-dialog', InviteDialog)

declare global {
  interface HTMLElementTagNameMap {
    'hf-invite-dialog': InviteDialog
  }
}
