import { html, nothing } from 'lit'
import { DialogElement } from '../app/dialog-element.ts'
import { wish } from '../app/events.ts'

/** The one thing that cannot be taken back is asked about. */
export class EmptyTrashDialog extends DialogElement {
  async #empty(): Promise<void> {
    const emptied = await this.task.run(() => this.services.connection.run({ type: 'empty-trash' }))
    if (!emptied) return
    const { deleted } = emptied.value
    wish(this, { type: 'say', text: `${deleted} ${deleted === 1 ? 'note' : 'notes'} deleted for good.` })
    this.close()
  }

  protected override render() {
    const { failure, busy } = this.task
    return html`<wa-dialog label="Delete everything in the trash?" @wa-after-hide=${this.onHidden}>
      <div class="stack">
        <p>These notes are deleted on all your devices and cannot be brought back.</p>
        ${failure ? html`<p class="alarm" role="alert">${failure.message}</p>` : nothing}
      </div>
      <wa-button slot="footer" appearance="plain" @click=${() => this.close()}>Keep them</wa-button>
      <wa-button slot="footer" variant="danger" ?loading=${busy} @click=${this.#empty}>Delete all for good</wa-button>
    </wa-dialog>`
  }
}

customElements.define('hf-empty-trash-dialog', EmptyTrashDialog)

declare global {
  interface HTMLElementTagNameMap {
    'hf-empty-trash-dialog': EmptyTrashDialog
  }
}
