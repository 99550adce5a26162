import { css, html, LitElement, nothing } from 'lit'
import { baseStyles } from '../design/shared-styles.ts'

export interface Toast {
  readonly text: string
  readonly alarm?: boolean
  readonly action?: { readonly label: string; act(): void }
}

const SHOWN_MS = 8_000

/** One short message at a time. What went wrong stays until it is closed; the rest goes by itself. */
export class ToastElement extends LitElement {
  static override properties = { toast: { state: true } }

  static override styles = [
    baseStyles,
    css`
      :host { display: contents; }
      .toast {
        display: flex; align-items: center; gap: 0.75rem; padding: 0.35rem 0.35rem 0.35rem 1.1rem; border-radius: 12px;
        background: var(--hf-raised); border: 1px solid var(--hf-line); box-shadow: var(--hf-shadow); max-width: 34rem;
      }
      .alarm { background: var(--hf-alarm-wash); color: var(--hf-alarm); }
      span { padding: 0.45rem 0; flex: 1; }
    `,
  ]

  declare toast: Toast | null
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor() {
    super()
    this.toast = null
  }

  show(toast: Toast): void {
    clearTimeout(this.#timer)
    this.toast = toast
    if (!toast.alarm) this.#timer = setTimeout(() => this.hide(), SHOWN_MS)
  }

  hide(): void {
    clearTimeout(this.#timer)
    this.toast = null
  }

  protected override render() {
    const { toast } = this
    return html`<div aria-live="polite" style="display:contents">
      ${
        toast
          ? html`<div class="toast ${toast.alarm ? 'alarm' : ''}" role=${toast.alarm ? 'alert' : 'group'} aria-label="Message">
              <span>${toast.text}</span>
              ${
                toast.action
                  ? html`<wa-button appearance="plain" variant="brand" @click=${() => {
                      toast.action?.act()
                      this.hide()
                    }}>${toast.action.label}</wa-button>`
                  : nothing
              }
              <wa-button appearance="plain" @click=${() => this.hide()}><wa-icon name="xmark" label="Close message"></wa-icon></wa-button>
            </div>`
          : nothing
      }
    </div>`
  }
}

customElements.define('hf-toast', ToastElement)

declare global {
  interface HTMLElementTagNameMap {
    'hf-toast': ToastElement
  }
}
