import { css, html, LitElement } from 'lit'
import type { WorkspaceId } from '../../protocol/ids.ts'
import { MAX_NOTE_LENGTH } from '../../protocol/limits.ts'
import { ServicesController } from '../app/services-controller.ts'
import { NOTE_TEXT, WRITE_HERE } from './empty-note.ts'
import { FirstWordsDoneEvent } from './events.ts'
import type { FirstWords, Words, WordsField } from './first-words.ts'

/**
 * Looks like the text of a new note and takes the keys until its editor is there, whose code may still be on its way.
 * It is drawn as soon as it is in the page: phones show their keyboard only where the focus moves in the tap's own turn.
 */
export class FirstWordsField extends LitElement {
  static override properties = { note: {}, workspace: {} }

  static override styles = css`
    :host { position: absolute; inset: var(--hf-note-head) 0 0; z-index: 1; background: var(--hf-paper); }
    textarea {
      display: block; box-sizing: border-box; width: 100%; height: 100%; margin: 0; border: 0; resize: none; outline: none;
      /* As wide as the note's text, with the scrollbar at the edge of the page. */
      padding: var(--hf-page-top) max(var(--hf-page-side), (100% - var(--hf-measure)) / 2 + var(--hf-page-side)) 40vh;
      font: var(--hf-text-size) / 1.65 var(--hf-font-text); color: var(--hf-ink); caret-color: var(--hf-accent);
      background: transparent; overflow-wrap: anywhere; tab-size: 4;
    }
    textarea::placeholder { color: var(--hf-ink-faint); opacity: 1; }
    ::selection { background: var(--hf-selection); }
  `

  declare note: string
  /** Where the note is; undefined as long as the page does not know. */
  declare workspace: WorkspaceId | undefined

  readonly #services = new ServicesController(this)
  #words: FirstWords | null = null
  #composing = false
  #waiting: (() => void)[] = []

  override connectedCallback(): void {
    super.connectedCallback()
    this.performUpdate()
    const { note, workspace } = this
    this.#words = this.#services.value?.editing.begin({ note, workspace }, this.#field) ?? null
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    if (this.#words) this.#services.value?.editing.leaveBehind(this.#words)
  }

  focusText(): void {
    this.#text.focus()
  }

  get #text(): HTMLTextAreaElement {
    return this.renderRoot.querySelector('textarea')!
  }

  readonly #field: WordsField = {
    read: () => this.#read(),
    composed: () =>
      new Promise(resolve => {
        if (this.#composing) this.#waiting.push(resolve)
        else resolve()
      }),
    freeze: () => {
      this.#text.readOnly = true
    },
    done: () => {
      this.#words = null
      this.dispatchEvent(new FirstWordsDoneEvent())
    },
  }

  #read(): Words {
    const { value, selectionStart, selectionEnd, selectionDirection } = this.#text
    const backward = selectionDirection === 'backward'
    return {
      text: value,
      anchor: backward ? selectionEnd : selectionStart,
      head: backward ? selectionStart : selectionEnd,
      focused: this.shadowRoot?.activeElement === this.#text,
    }
  }

  #compose(composing: boolean): void {
    this.#composing = composing
    if (composing) return
    // Some browsers tell of the key that ended it only behind this event, and the editor is not to hear of that one.
    setTimeout(() => {
      if (this.#composing) return
      for (const resolve of this.#waiting.splice(0)) resolve()
    })
  }

  protected override render() {
    return html`<textarea
      aria-label=${NOTE_TEXT}
      placeholder=${WRITE_HERE}
      maxlength=${MAX_NOTE_LENGTH}
      spellcheck="true"
      autocapitalize="sentences"
      autocorrect="on"
      @input=${() => this.#services.value?.edits.changed()}
      @compositionstart=${() => this.#compose(true)}
      @compositionend=${() => this.#compose(false)}
    ></textarea>`
  }
}

customElements.define('hf-first-words', FirstWordsField)

declare global {
  interface HTMLElementTagNameMap {
    'hf-first-words': FirstWordsField
  }
}
