import { css, html, nothing } from 'lit'
import type { ImportReport, ImportSource } from '../../protocol/commands.ts'
import type { TransferValue } from '../../protocol/views.ts'
import { DialogElement } from '../app/dialog-element.ts'
import { importSummary } from './import-report.ts'
import { sourcesFromFiles } from './import-sources.ts'
import './hf-transfer-progress.ts'

/** Chooses what to import, shows how far it is, and reports what could not be read and why. */
export class ImportDialog extends DialogElement {
  static override properties = {
    dropped: { attribute: false },
    transfer: { attribute: false },
    report: { state: true },
    tight: { state: true },
  }

  static override styles = [
    ...DialogElement.styles,
    css`
      .choices { display: grid; grid-template-columns: 1fr 1fr; gap: 0.75rem; }
      .choice {
        display: grid; gap: 0.35rem; justify-items: center; padding: 1.4rem 1rem; border: 1.5px dashed var(--hf-line-strong);
        border-radius: 12px; background: var(--hf-wash); cursor: pointer; text-align: center;
      }
      .choice:hover { border-color: var(--hf-accent); background: var(--hf-accent-wash); }
      .choice wa-icon { font-size: 26px; color: var(--hf-accent-ink); }
      .choice strong { font-weight: 600; }
      .choice span { color: var(--hf-ink-soft); font-size: 13px; }
      .failures { max-height: 40vh; overflow: auto; border: 1px solid var(--hf-line); border-radius: var(--hf-radius); }
      .failures li { padding: 0.5rem 0.8rem; border-bottom: 1px solid var(--hf-line); overflow-wrap: anywhere; }
      .failures li:last-child { border-bottom: 0; }
      .failures span { display: block; color: var(--hf-ink-soft); font-size: 13px; }
    `,
  ]

  /** What was dropped onto the window, where the import began with that. */
  declare dropped: readonly ImportSource[] | null
  declare transfer: TransferValue
  declare report: ImportReport | null
  /** What just fits, so that the person decides. */
  declare tight: readonly ImportSource[] | null

  constructor() {
    super()
    this.dropped = null
    this.transfer = null
    this.report = null
    this.tight = null
  }

  protected override updated(changed: Map<PropertyKey, unknown>): void {
    if (changed.has('dropped') && this.dropped) void this.#import(this.dropped)
  }

  async #import(sources: readonly ImportSource[], evenIfTight = false): Promise<void> {
    if (sources.length === 0) return
    this.report = null
    this.tight = null
    const done = await this.task.run(() =>
      this.services.connection.run({ type: 'import-notes', sources, evenIfTight }),
    )
    if (!done) {
      if (this.task.failure?.code === 'tight-space') this.tight = sources
      return
    }
    this.report = done.value
    if (done.value.added > 0) this.services.keepStorage()
  }

  #chosen(event: Event): void {
    const field = event.target as HTMLInputElement
    void this.#import(sourcesFromFiles(field.files ?? []))
    // The same folder can be chosen again.
    field.value = ''
  }

  #browse(field: 'files' | 'folder'): void {
    this.renderRoot.querySelector<HTMLInputElement>(`input[name=${field}]`)?.click()
  }

  #choices() {
    return html`
      <p class="quiet">Markdown and text files, folders of them, or a .zip. Folders are kept, and importing the same files again doubles nothing.</p>
      <div class="choices">
        <button class="choice" @click=${() => this.#browse('files')}>
          <wa-icon name="files"></wa-icon><strong>Choose files</strong><span>.md, .txt or a .zip</span>
        </button>
        <button class="choice" @click=${() => this.#browse('folder')}>
          <wa-icon name="folder"></wa-icon><strong>Choose a folder</strong><span>with all that is in it</span>
        </button>
      </div>
      <p class="quiet">You can also drop files and folders anywhere onto this window.</p>
    `
  }

  #result(report: ImportReport) {
    return html`
      <p role="alert">${importSummary(report)}</p>
      ${
        report.failed.length > 0
          ? html`<ul role="list" class="failures" tabindex="0" aria-label="Files that could not be read">
              ${report.failed.map(({ path, reason }) => html`<li>${path}<span>${reason}</span></li>`)}
            </ul>`
          : nothing
      }
      <div class="row end">
        <wa-button appearance="plain" @click=${() => {
          this.report = null
        }}>Import more</wa-button>
        <wa-button variant="brand" @click=${() => this.close()}>Done</wa-button>
      </div>
    `
  }

  protected override render() {
    const { task, report } = this
    return html`<wa-dialog label="Import notes" @wa-after-hide=${this.onHidden}>
      <div class="stack">
        ${task.failure ? html`<p class="alarm" role="alert">${task.failure.message}</p>` : nothing}
        ${
          this.tight
            ? html`<div class="row end">
                <wa-button variant="danger" appearance="outlined" @click=${() => void this.#import(this.tight ?? [], true)}
                  >Import anyway</wa-button
                >
              </div>`
            : nothing
        }
        ${
          task.busy
            ? html`<hf-transfer-progress .transfer=${this.transfer} kind="import"></hf-transfer-progress>`
            : report
              ? this.#result(report)
              : this.#choices()
        }
        <input type="file" name="files" aria-label="Files to import" multiple accept=".md,.markdown,.txt,.zip,text/markdown,text/plain,application/zip" hidden @change=${this.#chosen} />
        <input type="file" name="folder" aria-label="Folder to import" webkitdirectory hidden @change=${this.#chosen} />
      </div>
    </wa-dialog>`
  }
}

customElements.define('hf-import-dialog', ImportDialog)

declare global {
  interface HTMLElementTagNameMap {
    'hf-import-dialog': ImportDialog
  }
}
