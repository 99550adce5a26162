import { css, html, nothing } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import type { DocumentId } from '../../protocol/ids.ts'
import type { WorkspaceRow } from '../../protocol/views.ts'
import { DialogElement } from '../app/dialog-element.ts'
import { wish } from '../app/events.ts'
import { tileStyles, workspaceTile } from './workspace-tile.ts'
import { transferredWords, transferWords, whatItIs } from './workspace-words.ts'

/** Asks into which workspace notes go, and brings them there. */
export class TransferDialog extends DialogElement {
  static override properties = {
    rows: { attribute: false },
    notes: { attribute: false },
    keep: { type: Boolean },
  }

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
  declare notes: readonly DocumentId[]
  /** Whether they stay where they are, too. */
  declare keep: boolean

  async #transfer(row: WorkspaceRow): Promise<void> {
    const { id: target } = row
    const { notes, keep } = this
    const { connection } = this.services
    const done = await this.task.run(() => connection.run({ type: 'transfer-notes', notes, target, keep }))
    if (!done) return
    const source = this.rows.find(({ current }) => current)
    wish(this, {
      type: 'transferred',
      text: transferredWords({ row, count: notes.length, keep }),
      ...(!keep && source && { back: { were: notes, notes: done.value.notes, from: target, to: source.id } }),
    })
    this.close()
  }

  protected override render() {
    const { failure, busy } = this.task
    const others = this.rows.filter(({ current }) => !current)
    const { keep, notes } = this
    const what = notes.length === 1 ? '' : ` ${notes.length} notes`
    const label = `${keep ? 'Copy' : 'Move'}${what} to another workspace`
    const words = transferWords(notes.length, keep)
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
