import { css, html, LitElement } from 'lit'
import {
  COLOURS,
  type Colour,
  MAX_WORKSPACE_NAME_LENGTH,
  type WorkspaceLook,
} from '../../protocol/workspace-look.ts'
import { baseStyles } from '../design/shared-styles.ts'
import { tileStyles } from './workspace-tile.ts'

const LABELS: Readonly<Record<Colour, string>> = {
  green: 'Green',
  blue: 'Blue',
  violet: 'Violet',
  rose: 'Rose',
  orange: 'Orange',
  grey: 'Grey',
}

/** The fields for name and colour of a workspace; `look` follows what is entered. */
export class LookFields extends LitElement {
  static override properties = { look: { attribute: false } }

  static override styles = [
    baseStyles,
    tileStyles,
    css`
      :host { display: grid; gap: 1rem; }
      fieldset { border: 0; margin: 0; padding: 0; }
      legend { padding: 0; font-size: 14px; margin-bottom: 0.4rem; }
      .colours { display: flex; gap: 0.35rem; flex-wrap: wrap; }
      label { position: relative; display: grid; place-content: center; width: var(--hf-target); height: var(--hf-target); cursor: pointer; }
      input { position: absolute; inset: 0; margin: 0; opacity: 0; cursor: pointer; }
      .tile { border-radius: 50%; }
      input:checked + .tile { box-shadow: 0 0 0 2px var(--hf-raised), 0 0 0 4px var(--tile); }
      input:focus-visible + .tile { outline: 2px solid var(--hf-accent); outline-offset: 6px; }
    `,
  ]

  declare look: WorkspaceLook

  /** The form is outside of this element, where the browser does not look for it. */
  #onKey(event: KeyboardEvent): void {
    if (event.key === 'Enter' && !event.isComposing) this.closest('form')?.requestSubmit()
  }

  protected override render() {
    const { name, colour } = this.look
    const set = (changes: Partial<WorkspaceLook>) => {
      this.look = { ...this.look, ...changes }
    }
    return html`
      <wa-input
        label="Name"
        autocomplete="off"
        autofocus
        maxlength=${MAX_WORKSPACE_NAME_LENGTH}
        .value=${name}
        @keydown=${this.#onKey}
        @input=${(event: Event) => set({ name: (event.target as HTMLInputElement).value ?? '' })}
      ></wa-input>
      <fieldset>
        <legend>Colour</legend>
        <div class="colours">
          ${COLOURS.map(
            one => html`<label title=${LABELS[one]}
              ><input
                type="radio"
                name="colour"
                aria-label=${LABELS[one]}
                .checked=${one === colour}
                @change=${() => set({ colour: one })}
              /><span class="tile ${one}"></span
            ></label>`,
          )}
        </div>
      </fieldset>
    `
  }
}

customElements.define('hf-look-fields', LookFields)

declare global {
  interface HTMLElementTagNameMap {
    'hf-look-fields': LookFields
  }
}
