import { html, nothing } from 'lit'
import type { WorkspaceRow } from '../../protocol/views.ts'
import { DialogElement } from '../app/dialog-element.ts'
import { wish } from '../app/events.ts'
import { outcomeStyles } from './outcome-styles.ts'
import { endingWords } from './workspace-words.ts'

/** Deletes a workspace for everybody who is in it, after its name was written: that cannot be taken back. */
export class EndDialog extends DialogElement {
  static override properties = { row: { attribute: false }, typed: { state: true } }

  static override styles = [...DialogElement.styles, outcomeStyles]

  declare row: WorkspaceRow
  declare typed: string

  constructor() {
    super()
    this.typed = ''
  }

  async #end(): Promise<void> {
    const { row } = this
    const { connection } = this.services
    const ended = await this.task.run(() => connection.run({ type: 'delete-workspace', target: row.id }))
    if (!ended) return
    wish(this, { type: 'say', text: `“${row.name}” was deleted for everyone.` })
    this.close()
  }

  protected override render() {
    const { failure, busy } = this.task
    const { row, typed } = this
    return html`<wa-dialog label="Delete “${row.name}” for everyone?" @wa-after-hide=${this.onHidden}>
      <div class="stack">
        <dl>
          ${endingWords(row).map(([where, what]) => html`<div><dt>${where}</dt><dd>${what}</dd></div>`)}
        </dl>
        <wa-input
          label="Write its name to go on: ${row.name}"
          autocomplete="off"
          autofocus
          @input=${(event: Event) => {
            this.typed = (event.target as HTMLInputElement).value ?? ''
          }}
        ></wa-input>
        ${failure ? html`<p class="alarm" role="alert">${failure.message}</p>` : nothing}
      </div>
      <wa-button slot="footer" appearance="plain" ?disabled=${busy} @click=${() => this.close()}>Keep it</wa-button>
      <wa-button
        slot="footer"
        variant="danger"
        ?disabled=${typed.trim() !== row.name}
        ?loading=${busy}
        @click=${this.#end}
        >Delete for everyone</wa-button
      >
    </wa-dialog>`
  }
}

customElements.define('hf-end-dialog', EndDialog)

declare global {
  interface HTMLElementTagNameMap {
    'hf-end-dialog': EndDialog
  }
}
