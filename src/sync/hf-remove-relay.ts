import { css, html, LitElement, nothing, type PropertyValues } from 'lit'
import { wish } from '../app/events.ts'
import { ServicesController } from '../app/services-controller.ts'
import { Task } from '../app/task.ts'
import { cardStyles } from '../design/card-styles.ts'
import { baseStyles } from '../design/shared-styles.ts'
import { relayFormStyles } from './relay-form-styles.ts'
import { deletionWords, relayName } from './relay-words.ts'

/**
 * Asks an owner or admin whether a relay is used no more by all devices or by this one, and an owner whether it shall
 * also delete what it holds. Says `over` when that is settled.
 */
export class RemoveRelay extends LitElement {
  static override properties = {
    origin: { attribute: false },
    only: { attribute: false },
    forAll: { attribute: false },
    deletable: { attribute: false },
    onlyHere: { state: true },
    deleteThere: { state: true },
  }

  static override styles = [baseStyles, cardStyles, relayFormStyles, css`:host { display: block; }`]

  declare origin: string
  /** This device uses no other. */
  declare only: boolean
  /** All devices may leave it. */
  declare forAll: boolean
  /** The person may have deleted what it holds. */
  declare deletable: boolean
  declare onlyHere: boolean
  declare deleteThere: boolean

  readonly #services = new ServicesController(this)
  readonly #task = new Task(this)

  constructor() {
    super()
    this.onlyHere = false
    this.deleteThere = false
  }

  /** What was ticked for one relay is not meant for another. */
  protected override willUpdate(changed: PropertyValues): void {
    if (!changed.has('origin')) return
    this.onlyHere = false
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
    const { origin, deleteThere, onlyHere } = this
    const how = { ...(deleteThere && { deleteThere }), ...(onlyHere && { onlyHere }) }
    const intent = { type: 'remove-relay', origin, ...how } as const
    if (!(await this.#task.run(() => connection.run(intent)))) return
    const there = deleteThere ? 'What it held of this workspace is deleted.' : 'What it has stays there.'
    const where = this.forAll && !onlyHere ? 'by this workspace' : 'on this device'
    wish(this, { type: 'say', text: `${relayName(origin)} is not used ${where} any more. ${there}` })
    this.#over()
  }

  protected override render() {
    const { deleteThere, only, forAll, deletable, onlyHere } = this
    const { failure, busy } = this.#task
    const name = relayName(this.origin)
    return html`<form class="card" aria-label="Remove ${name}" @submit=${this.#remove}>
      <p>${
        forAll && !onlyHere
          ? html`All devices of this workspace stop using <strong>${name}</strong>. What waits for it goes to the other relays.`
          : html`Changes no longer go to <strong>${name}</strong> from this device. ${only ? 'It is the only one here: sync is off then.' : ''} ${deleteThere ? '' : 'Other devices go on as they do.'}`
      }</p>
      ${
        forAll && !deleteThere
          ? html`<label class="check">
              <input type="checkbox" name="only-here" .checked=${onlyHere} @change=${(event: Event) => {
                this.onlyHere = (event.target as HTMLInputElement).checked
              }} />
              <span>Only on this device</span>
              <span class="quiet">The others go on using it.</span>
            </label>`
          : nothing
      }
      ${
        deletable && !onlyHere
          ? html`<label class="check">
              <input type="checkbox" name="delete-there" .checked=${deleteThere} @change=${(event: Event) => {
                this.deleteThere = (event.target as HTMLInputElement).checked
              }} />
              <span>Also delete what this relay holds of the workspace</span>
              <span class="quiet">${deletionWords(only)}</span>
            </label>`
          : nothing
      }
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
