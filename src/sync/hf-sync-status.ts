import { css, html, LitElement } from 'lit'
import type { StatusLine } from './status-line.ts'

/** One honest line about where changes are. */
export class SyncStatus extends LitElement {
  static override properties = { line: { attribute: false }, warnings: { attribute: false } }

  static override styles = css`
    :host { display: block; min-width: 0; font-size: 13.5px; line-height: 1.35; }
    div { display: grid; grid-template-columns: auto 1fr; column-gap: 0.6rem; align-items: baseline; }
    i { width: 8px; height: 8px; border-radius: 50%; background: var(--hf-accent); transform: translateY(-1px); }
    i.busy { background: transparent; box-shadow: inset 0 0 0 2px var(--hf-accent); }
    i.warn { background: var(--hf-warn); }
    i.alarm { background: var(--hf-alarm); }
    .text { color: var(--hf-ink-soft); overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
    .warn + .text { color: var(--hf-warn); }
    .alarm + .text { color: var(--hf-alarm); }
    .aside { grid-column: 2; color: var(--hf-warn); }
  `

  declare line: StatusLine
  declare warnings: readonly string[]

  protected override render() {
    const { line } = this
    // What comes and goes with each key is not read out; what the person should know is.
    const matters = line.tone === 'warn' || line.tone === 'alarm' || this.warnings.length > 0
    const live = matters ? 'polite' : 'off'
    return html`<div role="status" aria-label="Sync status" aria-live=${live} title=${line.detail}>
      <i class=${line.tone} aria-hidden="true"></i><span class="text">${line.text}</span>
      ${this.warnings.map(warning => html`<span class="aside">${warning}</span>`)}
    </div>`
  }
}

customElements.define('hf-sync-status', SyncStatus)

declare global {
  interface HTMLElementTagNameMap {
    'hf-sync-status': SyncStatus
  }
}
