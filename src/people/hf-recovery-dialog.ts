import { css, html, nothing } from 'lit'
import type { MadeInvitation } from '../../protocol/people.ts'
import { DialogElement } from '../app/dialog-element.ts'
import { ViewController } from '../views/view-controller.ts'
import { guessDevice } from './device-guess.ts'
import { formStyles } from './form-styles.ts'
import { day } from './people-words.ts'
import { printRecoveryKey } from './print-sheet.ts'
import { qrCode } from './qr-code.ts'
import './hf-copy-field.ts'

/** Makes a recovery key, and shows it once, to be printed or written down. */
export class RecoveryDialog extends DialogElement {
  static override properties = { made: { state: true } }

  static override styles = [
    ...DialogElement.styles,
    formStyles,
    css`
      ol { margin: 0; padding: 0.9rem 1rem 0.9rem 2.4rem; columns: 3 7rem; border-radius: var(--hf-radius); background: var(--hf-accent-wash); font-weight: 600; line-height: 1.75; }
      li::marker { font-weight: 400; font-size: 0.85em; }
      .code { justify-self: center; width: min(13rem, 60vw); border-radius: 12px; overflow: hidden; border: 1px solid var(--hf-line); line-height: 0; }
    `,
  ]

  declare made: MadeInvitation | null

  readonly #workspaces = new ViewController<'workspaces'>(this, { view: 'workspaces' })

  constructor() {
    super()
    this.made = null
  }

  async #make(): Promise<void> {
    const name = { person: '', device: guessDevice(navigator.userAgent) }
    const made = await this.task.run(() =>
      this.services.connection.run({ type: 'create-recovery-key', name }),
    )
    if (made) this.made = made.value
  }

  #print(made: MadeInvitation): void {
    const name = this.#workspaces.value?.rows.find(({ current }) => current)?.name ?? ''
    printRecoveryKey(made, name, day(Date.now()))
  }

  #before() {
    return html`
      <p>A recovery key brings you back in when all your devices are lost: 24 words and a QR code, to be printed or written down, and kept away from your devices.</p>
      <p><strong>Without one there is no way back.</strong> There is no account, and nobody can reset anything: whoever runs the relay cannot read what you write.</p>
      <p class="quiet">It does not run out. Whoever has it can read everything here, until you take it back.</p>
    `
  }

  #shown(made: MadeInvitation) {
    return html`
      <p class="warn">This is shown once. Print it or write it down now.</p>
      <ol aria-label="Recovery key">${made.words?.split(' ').map(word => html`<li>${word}</li>`)}</ol>
      <div class="code">${qrCode(made.link, 'QR code of the recovery key')}</div>
      <hf-copy-field label="Relay" .value=${made.relay}></hf-copy-field>
      <hf-copy-field label="Workspace id" .value=${made.workspace}></hf-copy-field>
      <p class="quiet">The printed page has all of this.</p>
    `
  }

  protected override render() {
    const { failure, busy } = this.task
    const { made } = this
    return html`<wa-dialog label="Recovery key" @wa-after-hide=${this.onHidden}>
      <div class="stack">
        ${failure ? html`<p class="alarm" role="alert">${failure.message}</p>` : nothing}
        ${made ? this.#shown(made) : this.#before()}
      </div>
      <wa-button slot="footer" appearance="plain" @click=${() => this.close()}>${made ? 'Done' : 'Not now'}</wa-button>
      ${
        made
          ? html`<wa-button slot="footer" variant="brand" @click=${() => this.#print(made)}>Print</wa-button>`
          : html`<wa-button slot="footer" variant="brand" ?loading=${busy} @click=${this.#make}>Make a recovery key</wa-button>`
      }
    </wa-dialog>`
  }
}

customElements.define('hf-recovery-dialog', RecoveryDialog)

declare global {
  interface HTMLElementTagNameMap {
    'hf-recovery-dialog': RecoveryDialog
  }
}
