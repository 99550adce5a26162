import { html, nothing } from 'lit'
import type { WorkspaceRow } from '../../protocol/views.ts'
import { COLOURS, type WorkspaceLook } from '../../protocol/workspace-look.ts'
import { DialogElement } from '../app/dialog-element.ts'
import './hf-look-fields.ts'

/** Makes a workspace with notes and keys of its own. */
export class NewWorkspaceDialog extends DialogElement {
  static override properties = { rows: { attribute: false } }

  declare rows: readonly WorkspaceRow[]
  /** What the fields begin with: a colour that no other workspace has, as long as there is one. */
  #start: WorkspaceLook = { name: '', colour: COLOURS[0] }

  override connectedCallback(): void {
    super.connectedCallback()
    const taken = new Set(this.rows.map(({ colour }) => colour))
    this.#start = { name: '', colour: COLOURS.find(colour => !taken.has(colour)) ?? COLOURS[0] }
  }

  async #create(event: Event): Promise<void> {
    event.preventDefault()
    const { look } = this.renderRoot.querySelector('hf-look-fields')!
    const { connection } = this.services
    const made = await this.task.run(() => connection.run({ type: 'create-workspace', ...look }))
    if (made) this.close()
  }

  protected override render() {
    const { failure, busy } = this.task
    return html`<wa-dialog label="New workspace" @wa-after-hide=${this.onHidden}>
      <form class="stack" @submit=${this.#create}>
        <p class="quiet">It has its own notes and its own keys. It stays on this device until you turn on sync in it.</p>
        <hf-look-fields .look=${this.#start}></hf-look-fields>
        ${failure ? html`<p class="alarm" role="alert">${failure.message}</p>` : nothing}
      </form>
      <wa-button slot="footer" appearance="plain" @click=${() => this.close()}>Cancel</wa-button>
      <wa-button slot="footer" variant="brand" ?loading=${busy} @click=${this.#create}>Create</wa-button>
    </wa-dialog>`
  }
}

customElements.define('hf-new-workspace-dialog', NewWorkspaceDialog)

declare global {
  interface HTMLElementTagNameMap {
    'hf-new-workspace-dialog': NewWorkspaceDialog
  }
}
