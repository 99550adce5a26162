import type { EditorView } from '@codemirror/view'
import { css, html, LitElement, type PropertyValues } from 'lit'
import type { Failure } from '../../protocol/result.ts'
import { wish } from '../app/events.ts'
import { ServicesController } from '../app/services-controller.ts'
import { NoteProblemEvent, NoteStateEvent } from './events.ts'
import type { FirstWords, Words } from './first-words.ts'
import type { NoteSession } from './note-session.ts'

/** The text of one note. Each note has an element of its own; the element never changes to another note. */
export class NoteEditor extends LitElement {
  static override properties = { note: {}, missing: { state: true } }

  static override styles = css`
    :host { display: block; height: 100%; min-height: 0; }
    .page { height: 100%; }
    .missing { max-width: var(--hf-measure); margin: 0 auto; padding: var(--hf-page-top) var(--hf-page-side); color: var(--hf-ink-soft); }
  `

  declare note: string
  declare missing: string | null

  readonly #services = new ServicesController(this)
  #session: NoteSession | null = null
  #view: EditorView | null = null
  #focusWhenReady = false

  constructor() {
    super()
    this.missing = null
  }

  /** Puts the cursor into the text, as soon as it is there. */
  focusText(): void {
    if (this.#view) this.#view.focus()
    else this.#focusWhenReady = true
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    // The session goes on without the element until everything typed is stored.
    this.#session?.close()
    this.#session = null
    this.#view = null
  }

  protected override firstUpdated(_changed: PropertyValues): void {
    void this.#open()
  }

  async #open(): Promise<void> {
    const editing = this.#services.value?.editing
    const notes = await editing?.load()
    if (!editing || !notes || !this.isConnected) return
    const words = editing.firstWords(this.note)
    this.#session = notes.open(this.note, this.renderRoot as ShadowRoot, {
      onReady: view => {
        if (words) void this.#goOn(words, view)
        else this.#show(view)
      },
      onNote: state => this.dispatchEvent(new NoteStateEvent(state)),
      onUnavailable: why => {
        if (words) editing.leaveBehind(words)
        void this.#missing(why)
      },
      onProblem: problem => this.dispatchEvent(new NoteProblemEvent(problem)),
    })
  }

  /** An address or the way back may lead to a note of another workspace of this device. */
  async #missing({ code, message }: Failure): Promise<void> {
    const { note } = this
    const run = this.#services.value?.connection.run
    const found = code === 'unknown-note' ? await run?.({ type: 'find-note', note }) : undefined
    const workspace = found?.ok ? found.value.workspace : null
    if (workspace === null || !this.isConnected) this.missing = message
    else wish(this, { type: 'open-note-in', note, workspace })
  }

  #show(view: EditorView): void {
    this.#view = view
    this.renderRoot.querySelector('.page')?.append(view.dom)
    if (this.#focusWhenReady) view.focus()
  }

  /** Nobody sees the editor before it has what was typed so far. */
  #goOn(words: FirstWords, view: EditorView): Promise<void> {
    return words.handOver(({ text, anchor, head, focused }: Words) => {
      this.#show(view)
      if (text !== '')
        view.dispatch({
          changes: { from: 0, insert: text },
          selection: { anchor, head },
          scrollIntoView: true,
          userEvent: 'input.type',
        })
      if (focused) view.focus()
    })
  }

  protected override render() {
    return html`${this.missing ? html`<p class="missing">${this.missing}</p>` : null}<div class="page"></div>`
  }
}

customElements.define('hf-note-editor', NoteEditor)

declare global {
  interface HTMLElementTagNameMap {
    'hf-note-editor': NoteEditor
  }
}
