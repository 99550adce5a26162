import { html, nothing } from 'lit'
import { DialogElement } from '../app/dialog-element.ts'
import { wish } from '../app/events.ts'
import { download } from '../transfer/download.ts'
import { VaultClosedEvent } from './events.ts'
import { exportedWords } from './vault-words.ts'

const two = (part: number): string => String(part).padStart(2, '0')

/** `holdfast-vault-unsealed-2026-11-21.json`, by the calendar of the person. */
const vaultFileName = (now: Date): string =>
  `holdfast-vault-unsealed-${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}.json`

/** Says what an exported vault is before there is one. */
export class VaultExportDialog extends DialogElement {
  readonly #closed = (event: Event): void => {
    if (event.target === event.currentTarget) this.dispatchEvent(new VaultClosedEvent())
  }

  async #export(): Promise<void> {
    const done = await this.task.run(() => this.services.connection.run({ type: 'vault-export' }))
    if (!done) return
    await download(done.value.file, vaultFileName(new Date()))
    wish(this, { type: 'say', text: exportedWords(done.value) })
    this.close()
  }

  protected override render() {
    const { failure, busy } = this.task
    return html`<wa-dialog label="Export the vault?" @wa-after-hide=${this.#closed}>
      <div class="stack">
        <p>You get a file with all passwords, keys and secret notes of this workspace, <strong>readable for whoever opens it</strong>: nothing in it is sealed.</p>
        <p class="quiet">Keep it only where nobody else gets at it, for example on a stick in a drawer, and delete it when you do not need it. Deleted entries are not in it. The ordinary export never holds anything of the vault.</p>
        ${failure ? html`<p class="alarm" role="alert">${failure.message}</p>` : nothing}
      </div>
      <wa-button slot="footer" appearance="plain" ?disabled=${busy} @click=${() => this.close()}>Cancel</wa-button>
      <wa-button slot="footer" variant="danger" ?loading=${busy} @click=${this.#export}>Export unsealed</wa-button>
    </wa-dialog>`
  }
}

customElements.define('hf-vault-export-dialog', VaultExportDialog)

declare global {
  interface HTMLElementTagNameMap {
    'hf-vault-export-dialog': VaultExportDialog
  }
}
