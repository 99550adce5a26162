import { css, html, nothing } from 'lit'
import type { SyncValue } from '../../protocol/sync.ts'
import type { WorkspaceRow } from '../../protocol/views.ts'
import type { WorkspaceLook } from '../../protocol/workspace-look.ts'
import { DialogElement } from '../app/dialog-element.ts'
import { wish } from '../app/events.ts'
import { whyNot } from '../people/why-not.ts'
import './hf-look-fields.ts'

/** Name and colour of the workspace that is shown, whether it is synced, and the way out of it. */
export class WorkspaceDialog extends DialogElement {
  static override properties = { row: { attribute: false }, sync: { attribute: false } }

  static override styles = [
    ...DialogElement.styles,
    css`
      h3 { font-size: 15px; font-weight: 650; }
      .part { display: grid; grid-template-columns: 1fr auto; gap: 0.25rem 1rem; align-items: center; }
      .part h3 { grid-column: 1 / -1; }
      @media (width <= 30rem) {
        .part { grid-template-columns: 1fr; }
        .part wa-button { justify-self: start; }
      }
    `,
  ]

  declare row: WorkspaceRow
  declare sync: SyncValue | undefined
  /** What the fields begin with. It must not change while somebody writes. */
  #start: WorkspaceLook | null = null

  async #save(event: Event): Promise<void> {
    event.preventDefault()
    const { look } = this.renderRoot.querySelector('hf-look-fields')!
    const { connection } = this.services
    const saved = await this.task.run(() => connection.run({ type: 'change-workspace', ...look }))
    if (saved) this.close()
  }

  #look() {
    const { failure, busy } = this.task
    return html`<form class="stack" @submit=${this.#save}>
      <hf-look-fields .look=${this.#start}></hf-look-fields>
      ${failure ? html`<p class="alarm" role="alert">${failure.message}</p>` : nothing}
      <div class="row end"><wa-button variant="brand" ?loading=${busy} @click=${this.#save}>Save</wa-button></div>
    </form>`
  }

  #sync() {
    const { row } = this
    return html`<div class="part">
      <h3>Sync</h3>
      <p class="quiet">
        ${
          row.sync
            ? 'On for this workspace. Others of your workspaces have a switch of their own.'
            : 'Off for this workspace: nothing of it leaves this device.'
        }
      </p>
      <wa-button appearance="outlined" @click=${() => wish(this, { type: 'show-dialog', dialog: 'sync' })}
        >${row.sync ? 'Sync settings' : 'Turn on sync'}</wa-button
      >
    </div>`
  }

  #wayOut() {
    const { row } = this
    return html`<div class="part">
      <h3>${row.onlyHere ? 'Delete' : 'Leave'}</h3>
      <p class="quiet">
        ${
          row.onlyHere
            ? 'It is only on this device. You are asked about a copy of its notes first.'
            : 'Takes this workspace from this device. The next page says what stays where.'
        }
      </p>
      <wa-button
        appearance="outlined"
        variant="danger"
        @click=${() => wish(this, { type: 'show-dialog', dialog: 'leave-workspace' })}
        >${row.onlyHere ? 'Delete workspace' : 'Leave workspace'}</wa-button
      >
    </div>`
  }

  #end() {
    return html`<div class="part">
      <h3>Delete for everyone</h3>
      <p class="quiet">Ends this workspace on all devices and at all its relays. Only owners can do that.</p>
      <wa-button
        appearance="outlined"
        variant="danger"
        @click=${() => wish(this, { type: 'show-dialog', dialog: 'end-workspace' })}
        >Delete for everyone</wa-button
      >
    </div>`
  }

  protected override render() {
    const { row } = this
    const { name, colour } = row
    this.#start ??= { name, colour }
    const mayChange = row.role !== null && row.role !== 'reader'
    return html`<wa-dialog label="Workspace settings" @wa-after-hide=${this.onHidden}>
      <div class="stack">
        ${mayChange ? this.#look() : html`<p class="quiet">${whyNot(row.role)}</p>`}
        <hr />
        ${this.#sync()}
        <hr />
        ${this.#wayOut()} ${row.onlyHere || row.role !== 'owner' ? nothing : this.#end()}
      </div>
    </wa-dialog>`
  }
}

customElements.define('hf-workspace-dialog', WorkspaceDialog)

declare global {
  interface HTMLElementTagNameMap {
    'hf-workspace-dialog': WorkspaceDialog
  }
}
