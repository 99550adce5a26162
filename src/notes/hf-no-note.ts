import { css, html, LitElement } from 'lit'
import type { Place } from '../../protocol/notes.ts'
import { wish } from '../app/events.ts'
import { baseStyles } from '../design/shared-styles.ts'

/** Stands where the note stands as long as none is open. */
export class NoNote extends LitElement {
  static override properties = { place: {}, readonly: { type: Boolean } }

  static override styles = [
    baseStyles,
    css`
      :host { height: 100%; display: grid; place-content: center; justify-items: center; gap: 1.1rem; padding: 2rem; color: var(--hf-ink-soft); text-align: center; }
      img { width: 72px; height: 72px; opacity: 0.5; }
      button {
        min-height: var(--hf-target); padding: 0 1.3rem; border: 1px solid var(--hf-line-strong); border-radius: var(--hf-radius);
        background: transparent; cursor: pointer; font-weight: 550; color: var(--hf-ink); transition: background var(--hf-quick);
      }
      button:hover { background: var(--hf-wash); }
      p { font-size: 13.5px; word-spacing: 0.1em; }
      kbd:not(:first-child) { margin-left: 0.9rem; }
    `,
  ]

  declare place: Place
  /** This device may only look. */
  declare readonly: boolean

  protected override render() {
    if (this.place === 'trash') return html`<p>What you delete waits here until you empty the trash.</p>`
    if (this.readonly)
      return html`<img src="/icons/mark.svg" alt="" /><p>You can read this workspace, but not change it.</p>`
    return html`
      <img src="/icons/mark.svg" alt="" />
      <button @click=${() => wish(this, { type: 'new-note' })}>Start writing</button>
      <p><kbd>N</kbd> new note <kbd>/</kbd> filter <kbd>Esc</kbd> back to the list</p>
    `
  }
}

customElements.define('hf-no-note', NoNote)

declare global {
  interface HTMLElementTagNameMap {
    'hf-no-note': NoNote
  }
}
