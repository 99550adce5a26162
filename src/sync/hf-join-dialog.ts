import { html, nothing } from 'lit'
import { parseInvitation } from '../../protocol/invitation-link.ts'
import { DialogElement } from '../app/dialog-element.ts'
import { wish } from '../app/events.ts'

/** Asks whether to join the workspace of the invitation that the app was opened with. */
export class JoinDialog extends DialogElement {
  static override properties = { link: { attribute: false } }

  declare link: string

  async #join(): Promise<void> {
    const { link } = this
    const joined = await this.task.run(() => this.services.connection.run({ type: 'join-workspace', link }))
    if (!joined) return
    this.services.keepStorage()
    const { notesBrought } = joined.value
    const brought =
      notesBrought === 1
        ? ' 1 note came along.'
        : notesBrought > 1
          ? ` ${notesBrought} notes came along.`
          : ''
    wish(this, { type: 'say', text: `This device has joined.${brought}` })
    this.close()
  }

  protected override render() {
    const { failure, busy } = this.task
    const invitation = parseInvitation(this.link)
    const label = invitation.ok ? 'Join this workspace?' : 'This link does not work'
    return html`<wa-dialog label=${label} @wa-after-hide=${this.onHidden}>
      <div class="stack">
        ${
          invitation.ok
            ? html`<p>The notes on this device come along. From then on both devices show the same, by way of <strong>${new URL(invitation.value.relay).host}</strong>, which cannot read them.</p>`
            : html`<p>${invitation.error.message} Ask for a new one with “Add a device”. Nothing was changed here.</p>`
        }
        ${failure ? html`<p class="alarm" role="alert">${failure.message}</p>` : nothing}
      </div>
      <wa-button slot="footer" appearance="plain" ?disabled=${busy} @click=${() => this.close()}>${invitation.ok ? 'Not now' : 'Close'}</wa-button>
      ${invitation.ok ? html`<wa-button slot="footer" variant="brand" autofocus ?loading=${busy} @click=${this.#join}>Join</wa-button>` : nothing}
    </wa-dialog>`
  }
}

customElements.define('hf-join-dialog', JoinDialog)

declare global {
  interface HTMLElementTagNameMap {
    'hf-join-dialog': JoinDialog
  }
}
