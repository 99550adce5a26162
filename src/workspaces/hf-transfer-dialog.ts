import { css, html, nothing } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import type { DocumentId } from '../../protocol/ids.ts'
import type { WorkspaceRow } from '../../protocol/views.ts'
import { DialogElement } from '../app/dialog-element.ts'
import { wish } from '../app/events.ts'
import { tileStyles, workspaceTile } from './workspace-tile.ts'
import { whatItIs } from './workspace-words.ts'

/** Asks into which workspace a note goes, and brings it there. */
export class TransferDialog extends DialogElement {
  static override properties = { rows: { attribute: false }, note: {}, keep: { type: Boolean } }

  static override styles = [
    ...DialogElement.styles,
    tileStyles,
    css`
      li button {
        display: flex; align-items: center; gap: 0.7rem; width: 100%; min-height: 3.25rem; padding: 0.4rem 0.6rem; border: 0;
        border-radius: var(--hf-radius); background: transparent; text-align: start; cursor: pointer;
      }
      li button:hover { background: var(--hf-hover); }
      li span.words { display: grid; min-width: 0; }
      small { color: var(--hf-ink-soft); font-size: 13px; }
    `,
  ]

  declare rows: readonly WorkspaceRow[]
  declare note: DocumentId
  /** Whether the note stays where it is, too. */
  declare keep: boolean

  async #transfer({ id: target, name, sync }: WorkspaceRow): Promise<void> {
    const { note, keep } = this
    const { connection } = this.services
    const done = await this.task.run(() =>
      connection.run({ type: 'transfer-notes', notes: [note], target, keep }),
    )
    if (!done) return
    const source = this.rows.find(({ current }) => current)
    wish(this, {
      type: 'transferred',
      text: `${keep ? 'Copied' : 'Moved'} to “${name}”.${sync ? ` It is sent when you open “${name}”.` : ''}`,
      ...(!keep && source && { back: { note, notes: done.value.notes, from: target, to: source.id } }),
    })
    this.close()
  }

  protected override render() {
    const { failure, busy } = this.task
    const others = this.rows.filter(({ current }) => !current)
    const label = this.keep ? 'Copy to another workspace' : 'Move to another workspace'
    const words = this.keep
      ? 'The copy has the text as it is now. From then on the two are separate.'
      : 'The note leaves this workspace, on all its devices. What it was before does not come along, only the text as it is now.'
    return html`<wa-dialog label=${label} @wa-after-hide=${this.onHidden}>
      <div class="stack">
        <p class="quiet">${others.length > 0 ? words : 'There is no other workspace on this device yet.'}</p>
        <ul role="list" aria-label="Workspaces">
          ${repeat(
            others,
            ({ id }) => id,
            row => html`<li><button ?disabled=${busy} @click=${() => void this.#transfer(row)}
              >${workspaceTile(row)}<span class="words">${row.name}<small>${whatItIs(row)}</small></span></button
            ></li>`,
          )}
        </ul>
        ${failure ? html`<p class="alarm" role="alert">${failure.message}</p>` : nothing}
      </div>
      <wa-button slot="footer" appearance="plain" ?disabled=${busy} @click=${() => this.close()}>Cancel</wa-button>
      ${
        others.length > 0
          ? nothing
          : html`<wa-button slot="footer" variant="brand" @click=${() => wish(this, { type: 'show-dialog', dialog: 'new-workspace' })}>New workspace</wa-button>`
      }
    </wa-dialog>`
  }
}

customElements.define('hf-transfer-dialog', TransferDialog)

declare global {
  interface HTMLElementTagNameMap {
    'hf-transfer-dialog': TransferDialog
  }
}
