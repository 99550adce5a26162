import { css, html, LitElement, nothing } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import type { DocumentId } from '../../protocol/ids.ts'
import type { NoteRow, NotesValue, Place } from '../../protocol/notes.ts'
import { wish } from '../app/events.ts'
import { RedrawTimer } from '../app/redraw-timer.ts'
import { baseStyles } from '../design/shared-styles.ts'
import { fullTime, noteTime } from './note-time.ts'
import { extended, type Selection, SelectionEvent, toggled } from './selection.ts'

/** Fired when the person comes near the end of the rows that are shown. */
class MoreRowsEvent extends Event {
  static readonly type = 'hf-more-rows'
  constructor() {
    super(MoreRowsEvent.type)
  }
}

declare global {
  interface GlobalEventHandlersEventMap {
    'hf-more-rows': MoreRowsEvent
  }
  interface HTMLElementTagNameMap {
    'hf-notes-list': NotesList
  }
}

const MINUTE_MS = 60_000
const NEAR_END_PX = 1200

export class NotesList extends LitElement {
  static override properties = {
    value: { attribute: false },
    place: {},
    filter: {},
    current: {},
    selection: { attribute: false },
  }

  static override styles = [
    baseStyles,
    css`
      :host { display: block; overflow-y: auto; overscroll-behavior: contain; min-height: 0; }
      ul { padding: 0 0.625rem 0.75rem; }
      /* Rows out of sight cost next to nothing, so that ten thousand of them still scroll. */
      li { content-visibility: auto; contain-intrinsic-size: auto 5rem; padding-bottom: 2px; }
      a {
        display: block; padding: 0.6rem 0.75rem 0.65rem; border-radius: 10px; text-decoration: none;
        transition: background var(--hf-quick);
      }
      a:hover { background: var(--hf-hover); }
      a[aria-current='true'] { background: var(--hf-accent-wash); }
      a:focus-visible { outline-offset: -2px; }
      .top { display: flex; gap: 0.75rem; align-items: baseline; }
      .title { flex: 1; font-weight: 600; letter-spacing: -0.005em; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
      .title.none { color: var(--hf-ink-faint); font-weight: 500; }
      time, .folder { color: var(--hf-ink-soft); font-size: 12.5px; white-space: nowrap; font-variant-numeric: tabular-nums; }
      .excerpt {
        display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow: hidden;
        color: var(--hf-ink-soft); font-size: 13.5px; line-height: 1.42; margin-top: 1px; overflow-wrap: anywhere;
      }
      .folder { display: flex; align-items: center; gap: 0.3rem; margin-top: 3px; color: var(--hf-ink-soft); overflow: hidden; text-overflow: ellipsis; }
      .folder wa-icon { margin-left: -0.15rem; }
      a[role='checkbox'] { display: grid; grid-template-columns: auto minmax(0, 1fr); column-gap: 0.75rem; cursor: pointer; user-select: none; }
      a[role='checkbox'] > :not(.box) { grid-column: 2; }
      a[aria-checked='true'] { background: var(--hf-accent-wash); }
      .box {
        grid-row: 1 / span 3; display: grid; place-content: center; width: 1.25rem; height: 1.25rem; margin-top: 0.1rem;
        border: 1.5px solid var(--hf-line-strong); border-radius: 6px; background: var(--hf-raised); color: transparent; font-size: 12px;
      }
      [aria-checked='true'] .box { border-color: var(--hf-accent); background: var(--hf-accent); color: var(--hf-on-accent); }
      .none-at-all { padding: 1rem 1.4rem; color: var(--hf-ink-soft); }
    `,
  ]

  declare value: NotesValue | undefined
  declare place: Place
  declare filter: string
  declare current: DocumentId | null
  /** Null as long as nobody selects. */
  declare selection: Selection | null
  /** Where a range begins. */
  #anchor: DocumentId | null = null
  #pressed = false

  constructor() {
    super()
    this.value = undefined
    this.place = 'notes'
    this.filter = ''
    this.current = null
    this.selection = null
    new RedrawTimer(this, MINUTE_MS)
    this.addEventListener('scroll', () => this.#askForMore(), { passive: true })
    this.addEventListener('keydown', event => this.#onKey(event))
    this.addEventListener('click', event => this.#onClick(event))
    this.addEventListener('pointerdown', () => this.#holdStill())
    this.addEventListener('contextmenu', event => this.#onLongPress(event as PointerEvent))
  }

  protected override shouldUpdate(): boolean {
    return !this.#pressed
  }

  /** Until the pointer is lifted: a row that moved away from under it would not be the one that opens. */
  #holdStill(): void {
    this.#pressed = true
    const lifted = new AbortController()
    const release = () => {
      lifted.abort()
      // The click comes right after.
      setTimeout(() => {
        this.#pressed = false
        this.requestUpdate()
      })
    }
    for (const end of ['pointerup', 'pointercancel', 'blur'])
      window.addEventListener(end, release, { signal: lifted.signal })
  }

  /** Puts the focus on the open note's row, or on the first. */
  focusRow(): void {
    this.renderRoot.querySelector<HTMLElement>('a[tabindex="0"]')?.focus()
  }

  #askForMore(): void {
    const { value } = this
    if (!value || value.rows.length >= value.total) return
    if (this.scrollTop + this.clientHeight > this.scrollHeight - NEAR_END_PX)
      this.dispatchEvent(new MoreRowsEvent())
  }

  get #order(): readonly DocumentId[] {
    return (this.value?.rows ?? []).map(({ id }) => id)
  }

  #select(selection: Selection): void {
    this.dispatchEvent(new SelectionEvent(selection))
  }

  #toggle(note: DocumentId): void {
    this.#anchor = note
    this.#select(toggled(this.selection ?? new Set(), note))
  }

  #extend(note: DocumentId): void {
    this.#select(extended(this.selection ?? new Set(), this.#order, this.#anchor, note))
  }

  /** With a mouse it is the menu of a link. */
  #onLongPress(event: PointerEvent): void {
    if (event.pointerType !== 'touch' || this.place !== 'notes' || this.selection !== null) return
    const note = this.#noteOf(event)
    if (note === undefined) return
    event.preventDefault()
    this.#pressed = false // to be seen before the finger is lifted
    this.#toggle(note)
  }

  /** Of the row in which something happened. */
  #noteOf(event: Event): DocumentId | undefined {
    const [at] = event.composedPath()
    return (at as Element | undefined)?.closest<HTMLElement>('a[data-note]')?.dataset.note
  }

  /** Keys of a row while notes are selected; X begins that. */
  #onSelectingKey(event: KeyboardEvent, note: DocumentId): boolean {
    const command = event.ctrlKey || event.metaKey
    if (this.selection === null && (event.key !== 'x' || command || this.place !== 'notes')) return false
    if (command && event.key === 'a') this.#select(new Set(this.#order))
    else if (command || event.altKey) return false
    else if ([' ', 'Enter', 'x'].includes(event.key)) this.#toggle(note)
    else return false
    return true
  }

  #onKey(event: KeyboardEvent): void {
    const rows = [...this.renderRoot.querySelectorAll<HTMLElement>('a')]
    const at = rows.indexOf(this.shadowRoot?.activeElement as HTMLElement)
    if (at < 0) return
    if (this.#onSelectingKey(event, rows[at]!.dataset.note!)) {
      event.preventDefault()
      return
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key]
    if (to !== undefined) {
      const row = rows[Math.max(0, Math.min(to, rows.length - 1))]
      row?.focus()
      if (event.shiftKey && row && this.selection !== null) this.#extend(row.dataset.note!)
    } else if (event.key === 'Enter')
      wish(this, { type: 'open-note', note: rows[at]!.dataset.note!, write: true })
    else return
    event.preventDefault()
  }

  #onClick(event: MouseEvent): void {
    const note = this.#noteOf(event)
    if (note === undefined) return
    if (this.selection !== null) {
      event.preventDefault()
      if (event.shiftKey) this.#extend(note)
      else this.#toggle(note)
      return
    }
    // With a modifier the person wants a tab or a window of its own.
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return
    event.preventDefault()
    wish(this, { type: 'open-note', note, write: false })
  }

  #empty(value: NotesValue) {
    const words =
      value.all > 0
        ? `No note has “${this.filter.trim()}” in it.`
        : this.place === 'trash'
          ? 'The trash is empty.'
          : 'There are no notes yet. Whatever you write stays on this device.'
    return html`<p class="none-at-all">${words}</p>`
  }

  protected override render() {
    const { value } = this
    if (!value) return nothing
    const now = Date.now()
    const entry = value.rows.some(row => row.id === this.current) ? this.current : value.rows[0]?.id
    return html`
      <ul role="list" aria-label=${this.place === 'trash' ? 'Notes in the trash' : 'Notes'}>
        ${repeat(
          value.rows,
          row => row.id,
          row => this.#row(row, row.id === entry, now),
        )}
      </ul>
      ${value.rows.length === 0 ? this.#empty(value) : nothing}
    `
  }

  #row(row: NoteRow, entry: boolean, now: number) {
    const { selection } = this
    return html`<li>
      <a
        href=${selection ? nothing : `#note=${row.id}`}
        role=${selection ? 'checkbox' : nothing}
        aria-checked=${selection ? (selection.has(row.id) ? 'true' : 'false') : nothing}
        data-note=${row.id}
        tabindex=${entry ? 0 : -1}
        aria-current=${selection ? nothing : row.id === this.current ? 'true' : 'false'}
      >
        ${selection ? html`<span class="box" aria-hidden="true"><wa-icon name="check"></wa-icon></span>` : nothing}
        <span class="top">
          <span class="title ${row.title ? '' : 'none'}">${row.title || 'Empty note'}</span>
          <time datetime=${new Date(row.updated).toISOString()} title=${this.hasUpdated ? fullTime(row.updated) : nothing}
            >${noteTime(row.updated, now)}</time
          >
        </span>
        ${row.excerpt ? html`<span class="excerpt">${row.excerpt}</span>` : nothing}
        ${row.folder ? html`<span class="folder"><wa-icon name="folder"></wa-icon>${row.folder}</span>` : nothing}
      </a>
    </li>`
  }
}

customElements.define('hf-notes-list', NotesList)
