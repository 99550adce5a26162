import { css, html, LitElement, nothing, type PropertyValues } from 'lit'
import { wish } from '../app/events.ts'
import { ServicesController } from '../app/services-controller.ts'
import { Task } from '../app/task.ts'
import { cardStyles } from '../design/card-styles.ts'
import { baseStyles } from '../design/shared-styles.ts'
import { relayFormStyles } from './relay-form-styles.ts'
import { deletionWords, relayName } from './relay-words.ts'

/** Asks an owner whether a relay that is used no more shall also delete what it holds. Says `over` when that is settled. */
export class RemoveRelay extends LitElement {
  static override properties = {
    origin: { attribute: false },
    only: { attribute: false },
    deleteThere: { state: true },
  }

  static override styles = [baseStyles, cardStyles, relayFormStyles, css`:host { display: block; }`]

  declare origin: string
  /** The workspace uses no other. */
  declare only: boolean
  declare deleteThere: boolean

  readonly #services = new ServicesController(this)
  readonly #task = new Task(this)

  constructor() {
    super()
    this.deleteThere = false
  }

  /** What was ticked for one relay is not meant for another. */
  protected override willUpdate(changed: PropertyValues): void {
    if (!changed.has('origin')) return
    this.deleteThere = false
    this.#task.forget()
  }

  protected override firstUpdated(): void {
    this.renderRoot.querySelector('input')?.focus()
  }

  #over(): void {
    this.dispatchEvent(new CustomEvent('over'))
  }

  async #remove(event: Event): Promise<void> {
    event.preventDefault()
    const { connection } = this.#services.value!
    const { origin, deleteThere } = this
    const intent = { type: 'remove-relay', origin, ...(deleteThere ? { deleteThere } : {}) } as const
    if (!(await this.#task.run(() => connection.run(intent)))) return
    const there = deleteThere ? 'What it held of this workspace is deleted.' : 'What it has stays there.'
    wish(this, { type: 'say', text: `${relayName(origin)} is used no more. ${there}` })
    this.#over()
  }

  protected override render() {
    const { deleteThere, only } = this
    const { failure, busy } = this.#task
    const name = relayName(this.origin)
    return html`<form class="card" aria-label="Remove ${name}" @submit=${this.#remove}>
      <p>Changes no longer go to <strong>${name}</strong> from this device.</p>
      <label class="check">
        <input type="checkbox" name="delete-there" .checked=${deleteThere} @change=${(event: Event) => {
          this.deleteThere = (event.target as HTMLInputElement).checked
        }} />
        <span>Also delete what this relay holds of the workspace</span>
        <span class="quiet">${deletionWords(only)}</span>
      </label>
      ${failure ? html`<p class="alarm" role="alert">${failure.message}</p>` : nothing}
      <div class="end">
        <wa-button appearance="plain" ?disabled=${busy} @click=${() => this.#over()}>Cancel</wa-button>
        <wa-button type="submit" variant=${deleteThere ? 'danger' : 'brand'} ?loading=${busy}>${deleteThere ? 'Delete there and remove' : 'Remove'}</wa-button>
      </div>
    </form>`
  }
}

customElements.define('hf-remove-relay', RemoveRelay)

declare global {
  interface HTMLElementTagNameMap {
    'hf-remove-relay': RemoveRelay
  }
}
