import { css, html, nothing } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import type { NoteRow, RecoveredValue } from '../../protocol/notes.ts'
import { DialogElement } from '../app/dialog-element.ts'

/** Texts whose place in the list was lost: back into the notes with them, or away for good. */
export class RecoveredDialog extends DialogElement {
  static override properties = { rows: { attribute: false } }

  static override styles = [
    ...DialogElement.styles,
    css`
      li { padding: 0.8rem 0; border-bottom: 1px solid var(--hf-line); }
      li:last-child { border-bottom: 0; }
      h3 { font-size: 15px; font-weight: 600; overflow-wrap: anywhere; }
      .excerpt { color: var(--hf-ink-soft); font-size: 13.5px; overflow-wrap: anywhere; }
    `,
  ]

  declare rows: RecoveredValue

  constructor() {
    super()
    this.rows = []
  }

  async #act(type: 'restore-recovered' | 'delete-recovered', note: string): Promise<void> {
    await this.task.run(() => this.services.connection.run({ type, note }))
  }

  #row({ id, title, excerpt }: NoteRow) {
    const { busy } = this.task
    return html`<li>
      <h3>${title || 'A note without a title'}</h3>
      ${excerpt ? html`<p class="excerpt">${excerpt}</p>` : nothing}
      <div class="row end">
        <wa-button appearance="plain" variant="danger" ?disabled=${busy} @click=${() => this.#act('delete-recovered', id)}
          >Delete for good</wa-button
        >
        <wa-button appearance="outlined" ?disabled=${busy} @click=${() => this.#act('restore-recovered', id)}
          >Restore to notes</wa-button
        >
      </div>
    </li>`
  }

  protected override render() {
    const { failure } = this.task
    return html`<wa-dialog label="Recovered" @wa-after-hide=${this.onHidden}>
      <div class="stack">
        <p class="quiet">These texts are stored here, and the list of notes does not name them: it was lost, or another device still has it. Deleting one deletes it on all your devices.</p>
        ${failure ? html`<p class="alarm" role="alert">${failure.message}</p>` : nothing}
        ${
          this.rows.length === 0
            ? html`<p>Nothing is left here.</p>`
            : html`<ul role="list" aria-label="Recovered texts">${repeat(
                this.rows,
                row => row.id,
                row => this.#row(row),
              )}</ul>`
        }
      </div>
      <wa-button slot="footer" appearance="plain" @click=${() => this.close()}>Close</wa-button>
    </wa-dialog>`
  }
}

customElements.define('hf-recovered-dialog', RecoveredDialog)

declare global {
  interface HTMLElementTagNameMap {
    'hf-recovered-dialog': RecoveredDialog
  }
}
