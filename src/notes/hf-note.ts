import { css, html, LitElement, nothing } from 'lit'
import { keyed } from 'lit/directives/keyed.js'
import type { DocumentId } from '../../protocol/ids.ts'
import type { Failure } from '../../protocol/result.ts'
import { wish } from '../app/events.ts'
import { baseStyles } from '../design/shared-styles.ts'
import type { NoteProblemEvent, NoteStateEvent } from '../editor/events.ts'
import type { NoteState } from '../editor/note-session.ts'
import '@awesome.me/webawesome/dist/components/dropdown/dropdown.js'
import '../editor/hf-note-editor.ts'
import '../sync/hf-receipt.ts'

const TELL_AGAIN_MS = 8_000

/** The open note: what can be done with it, and its text. */
export class Note extends LitElement {
  static override properties = { note: {}, state: { state: true }, problem: { state: true } }

  static override styles = [
    baseStyles,
    css`
      :host { display: grid; grid-template-rows: auto auto minmax(0, 1fr); height: 100%; min-height: 0; }
      header { display: flex; align-items: center; gap: 0.25rem; min-height: var(--hf-note-head); padding: 0.6rem 0.9rem; color: var(--hf-ink-soft); }
      .where { flex: 1; display: flex; gap: 0.4rem; align-items: center; min-width: 0; font-size: 13.5px; padding-left: 0.5rem; }
      .where span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
      .others { color: var(--hf-accent-ink); display: inline-flex; gap: 0.35rem; align-items: center; flex: none; }
      .badge { flex: none; padding: 0.15rem 0.6rem; border-radius: 99px; background: var(--hf-accent-wash); color: var(--hf-accent-ink); font-size: 13px; font-weight: 550; }
      .in-trash { display: flex; flex: none; gap: 0.25rem; }
      .in-trash wa-button::part(base) { padding: 0 0.6rem; font-size: 14px; }
      .back { display: none; }
      .problem { margin: 0 auto 0.5rem; width: min(100% - 2rem, 44rem); padding: 0.7rem 0.9rem; border-radius: var(--hf-radius); background: var(--hf-alarm-wash); color: var(--hf-alarm); }
      @media (width <= 45rem) {
        .back { display: block; }
        header { flex-wrap: wrap; justify-content: end; padding: 0.4rem 0.4rem; }
        .where { flex-basis: 3rem; padding-left: 0; }
      }
    `,
  ]

  declare note: DocumentId
  declare state: NoteState | null
  declare problem: Failure | null
  #toldAt = Number.NEGATIVE_INFINITY

  constructor() {
    super()
    this.state = null
    this.problem = null
  }

  async focusText(): Promise<void> {
    await this.updateComplete
    this.renderRoot.querySelector('hf-note-editor')?.focusText()
  }

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (!changed.has('note')) return
    this.state = null
    this.problem = null
  }

  /** Not with each key. */
  #tellWhyNot(): void {
    const now = Date.now()
    if (!this.state?.readOnly || now - this.#toldAt < TELL_AGAIN_MS) return
    this.#toldAt = now
    wish(this, { type: 'tell-why-not' })
  }

  #actions() {
    const { note } = this
    const readOnly = this.state?.readOnly === true
    const badge = html`<span class="badge">Read only</span>`
    if (readOnly && this.state?.place !== 'notes') return badge
    if (this.state?.place === 'trash') {
      return html`<div class="in-trash">
        <wa-button appearance="plain" @click=${() => wish(this, { type: 'restore-note', note })}
          ><wa-icon slot="start" name="restore"></wa-icon>Restore note</wa-button
        >
        <wa-button appearance="plain" variant="danger" @click=${() => wish(this, { type: 'delete-note', note })}
          ><wa-icon slot="start" name="trash"></wa-icon>Delete for good</wa-button
        >
      </div>`
    }
    if (this.state?.place !== 'notes') return nothing
    const moves = ({ detail }: CustomEvent<{ readonly item: { readonly value: string } }>) =>
      wish(this, { type: 'transfer-notes', notes: [note], keep: detail.item.value === 'copy' })
    return html`${readOnly ? badge : nothing}<wa-dropdown placement="bottom-end" @wa-select=${moves}>
        <wa-button slot="trigger" appearance="plain" title="More"><wa-icon name="more" label="More"></wa-icon></wa-button>
        ${readOnly ? nothing : html`<wa-dropdown-item value="move"><wa-icon slot="icon" name="move"></wa-icon>Move to another workspace…</wa-dropdown-item>`}
        <wa-dropdown-item value="copy"><wa-icon slot="icon" name="copy"></wa-icon>Copy to another workspace…</wa-dropdown-item>
      </wa-dropdown>
      ${
        readOnly
          ? nothing
          : html`<wa-button appearance="plain" title="Delete note" @click=${() => wish(this, { type: 'trash-notes', notes: [note] })}
              ><wa-icon name="trash" label="Delete note"></wa-icon
            ></wa-button>`
      }`
  }

  protected override render() {
    const { state, problem } = this
    const others = state?.present ?? 0
    return html`
      <header>
        <wa-button class="back" appearance="plain" @click=${() => wish(this, { type: 'close-note' })}
          ><wa-icon name="back" label="Back to the list"></wa-icon
        ></wa-button>
        <div class="where">
          ${state?.folder ? html`<wa-icon name="folder"></wa-icon><span>${state.folder}</span>` : nothing}
          ${
            others > 0
              ? html`<span class="others"><wa-icon name="people"></wa-icon>${others === 1 ? '1 other here' : `${others} others here`}</span>`
              : nothing
          }
        </div>
        ${state ? html`<hf-receipt .note=${this.note}></hf-receipt>` : nothing} ${this.#actions()}
      </header>
      <div>${problem ? html`<p class="problem" role="alert">${problem.message}</p>` : nothing}</div>
      ${keyed(
        this.note,
        html`<hf-note-editor
          .note=${this.note}
          @beforeinput=${() => this.#tellWhyNot()}
          @hf-note-state=${(event: NoteStateEvent) => {
            this.state = event.state
          }}
          @hf-note-problem=${(event: NoteProblemEvent) => {
            this.problem = event.problem
          }}
        ></hf-note-editor>`,
      )}
    `
  }
}

customElements.define('hf-note', Note)

declare global {
  interface HTMLElementTagNameMap {
    'hf-note': Note
  }
}
