import { css, html, nothing } from 'lit'
import type { SyncValue } from '../../protocol/sync.ts'
import type { WorkspaceRow } from '../../protocol/views.ts'
import { DialogElement } from '../app/dialog-element.ts'
import { wish } from '../app/events.ts'
import { outcomeStyles } from './outcome-styles.ts'
import { LEFT_WORDS, leavingWords } from './workspace-words.ts'

/** Takes a workspace from this device, after it was said what stays where. */
export class LeaveDialog extends DialogElement {
  static override properties = {
    row: { attribute: false },
    rows: { attribute: false },
    sync: { attribute: false },
    keepCopy: { state: true },
  }

  static override styles = [
    ...DialogElement.styles,
    outcomeStyles,
    css`
      label { display: flex; gap: 0.6rem; align-items: center; min-height: var(--hf-target); cursor: pointer; }
      input { width: 1.15rem; height: 1.15rem; accent-color: var(--hf-accent); flex: none; }
    `,
  ]

  declare row: WorkspaceRow
  declare rows: readonly WorkspaceRow[]
  declare sync: SyncValue | undefined
  declare keepCopy: boolean

  constructor() {
    super()
    this.keepCopy = true
  }

  /** As the worker chooses it; where there is none, it makes one of that name. */
  get #copyIn(): string {
    const others = this.rows.filter(({ id }) => id !== this.row.id)
    return others.find(({ kind }) => kind === 'personal')?.name ?? 'Personal'
  }

  async #leave(): Promise<void> {
    const { row, keepCopy } = this
    const { connection } = this.services
    const left = await this.task.run(() =>
      connection.run({ type: 'leave-workspace', target: row.id, keepCopy }),
    )
    if (!left) return
    const { notesKept, told } = left.value
    const copied = notesKept === 1 ? '1 note was copied.' : `${notesKept} notes were copied.`
    const gone = row.onlyHere ? 'was deleted' : 'is not on this device any more'
    const words = `“${row.name}” ${gone}.${notesKept > 0 ? ` ${copied}` : ''}${LEFT_WORDS[told]}`
    wish(this, { type: 'say', text: words })
    this.close()
  }

  protected override render() {
    const { failure, busy } = this.task
    const { row, sync, keepCopy } = this
    const act = row.onlyHere ? 'Delete' : 'Leave'
    const words = leavingWords({ row, keepCopy, copyIn: this.#copyIn, sync })
    return html`<wa-dialog label="${act} “${row.name}”?" @wa-after-hide=${this.onHidden}>
      <div class="stack">
        <label
          ><input
            type="checkbox"
            .checked=${keepCopy}
            @change=${(event: Event) => {
              this.keepCopy = (event.target as HTMLInputElement).checked
            }}
          />Keep a copy of its notes on this device</label
        >
        <dl>
          ${words.map(([where, what]) => html`<div><dt>${where}</dt><dd>${what}</dd></div>`)}
        </dl>
        ${failure ? html`<p class="alarm" role="alert">${failure.message}</p>` : nothing}
      </div>
      <wa-button slot="footer" appearance="plain" ?disabled=${busy} @click=${() => this.close()}>Keep it</wa-button>
      <wa-button slot="footer" variant="danger" ?loading=${busy} @click=${this.#leave}
        >${act} workspace</wa-button
      >
    </wa-dialog>`
  }
}

customElements.define('hf-leave-dialog', LeaveDialog)

declare global {
  interface HTMLElementTagNameMap {
    'hf-leave-dialog': LeaveDialog
  }
}
