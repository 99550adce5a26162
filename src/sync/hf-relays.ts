import { css, html, LitElement, nothing } from 'lit'
import { isAdmin } from '../../protocol/access/rights.ts'
import type { RelayFacts, UnusedRelay } from '../../protocol/sync.ts'
import { wish } from '../app/events.ts'
import { ServicesController } from '../app/services-controller.ts'
import { Task } from '../app/task.ts'
import { cardStyles } from '../design/card-styles.ts'
import { baseStyles } from '../design/shared-styles.ts'
import { ViewController } from '../views/view-controller.ts'
import './hf-remove-relay.ts'
import { relayFormStyles } from './relay-form-styles.ts'
import {
  CAN_READ,
  holdsWords,
  namedWords,
  relayName,
  troubleWords,
  unusedName,
  unusedWords,
} from './relay-words.ts'
import { ago, lastErrorWords, relayWords } from './sync-words.ts'

/** The relays of this workspace: how each stands, what it holds, and what it was seen to do; one more, or one less. */
export class Relays extends LitElement {
  static override properties = {
    relays: { attribute: false },
    unused: { attribute: false },
    now: { attribute: false },
    adding: { state: true },
    removing: { state: true },
    trusted: { state: true },
  }

  static override styles = [
    baseStyles,
    cardStyles,
    css`
      :host { display: grid; gap: 0.7rem; }
      .what p.warn { color: var(--hf-warn); }
      .badge.reads { background: var(--hf-alarm-wash); color: var(--hf-alarm); }
      .row { flex-wrap: wrap; justify-content: flex-end; }
      .row > .what { flex: 1 1 12rem; }
      .do { display: flex; flex-wrap: wrap; align-items: center; justify-content: flex-end; }
      .do wa-button::part(base) { padding: 0 0.6rem; font-size: 14px; }
    `,
    relayFormStyles,
  ]

  declare relays: readonly RelayFacts[]
  /** What the workspace names, and this device does not use. */
  declare unused: readonly UnusedRelay[]
  declare now: number
  declare adding: boolean
  /** Its origin, while the person is asked about it. */
  declare removing: string | null
  declare trusted: boolean

  readonly #services = new ServicesController(this)
  readonly #people = new ViewController<'people'>(this, { view: 'people' })
  readonly #task = new Task(this)

  constructor() {
    super()
    this.adding = false
    this.removing = null
    this.trusted = false
  }

  #text(name: string): string {
    const input = this.renderRoot.querySelector<HTMLElement & { value: string | null }>(`[name=${name}]`)
    return input?.value?.trim() ?? ''
  }

  #show(adding: boolean): void {
    this.#task.forget()
    this.adding = adding
    this.trusted = false
  }

  async #add(event: Event): Promise<void> {
    event.preventDefault()
    const { connection } = this.#services.value!
    const operatorCode = this.#text('code')
    const { trusted } = this
    const done = await this.#task.run(() =>
      connection.run({
        type: 'add-relay',
        address: this.#text('address'),
        ...(operatorCode ? { operatorCode } : {}),
        ...(trusted ? { trusted } : {}),
      }),
    )
    if (done) this.#show(false)
  }

  get #isAdmin(): boolean {
    return isAdmin(this.#people.value?.role ?? null)
  }

  /** Whether others use it too is for owners and admins to say; an owner can also have deleted what it holds. */
  #asks({ trusted, named }: RelayFacts): boolean {
    return !trusted && (this.#people.value?.role === 'owner' || (this.#isAdmin && named !== null))
  }

  /** Whether all devices can do without it: some other one is left for them. */
  #isSpare({ origin, named }: RelayFacts): boolean {
    const others = this.relays.filter(relay => relay.origin !== origin && relay.named !== null)
    return (
      named !== null &&
      this.#isAdmin &&
      (others.length > 0 || this.unused.some(({ why }) => why !== 'unusable'))
    )
  }

  /** One that is used here for all devices, or one of all devices here. */
  #share(address: string): void {
    const { connection } = this.#services.value!
    void this.#task.run(() => connection.run({ type: 'add-relay', address }))
  }

  #drop(origin: string): void {
    const { connection } = this.#services.value!
    void this.#task.run(() => connection.run({ type: 'remove-relay', origin }))
  }

  async #remove(relay: RelayFacts): Promise<void> {
    const { origin } = relay
    this.#task.forget()
    if (this.#asks(relay)) {
      this.removing = origin
      return
    }
    const { connection } = this.#services.value!
    if (!(await this.#task.run(() => connection.run({ type: 'remove-relay', origin })))) return
    wish(this, {
      type: 'say',
      text: `${relayName(origin)} is not used on this device any more. What it has stays there.`,
    })
  }

  #relay(relay: RelayFacts) {
    const { now } = this
    const { text, tone } = relayWords(relay, now)
    const error = lastErrorWords(relay, now)
    const name = relayName(relay.origin)
    const named = namedWords(relay.named, this.#people.value, now)
    return html`<li class="row">
      <i class=${tone} aria-hidden="true"></i>
      <div class="what"><strong>${name}</strong>${relay.trusted ? html` <span class="badge reads">${CAN_READ}</span>` : nothing}
        <p>${text}</p>
        <p>${holdsWords(relay)}</p>
        ${named === null ? nothing : html`<p>${named}</p>`}
        ${troubleWords(relay, now).map(words => html`<p class="warn">${words}</p>`)}
        ${relay.syncedAt === null || relay.phase === 'synced' ? nothing : html`<p>Had everything ${ago(relay.syncedAt, now)}</p>`}
        ${error === null ? nothing : html`<p>Last trouble: ${error}</p>`}
      </div>
      <div class="do">
        ${relay.phase === 'synced' ? nothing : html`<wa-button appearance="plain" @click=${() => void this.#services.value?.connection.run({ type: 'retry-sync' })}>Try now</wa-button>`}
        ${
          relay.named === null && !relay.trusted && this.#isAdmin
            ? html`<wa-button appearance="plain" ?disabled=${this.#task.busy} @click=${() => this.#share(relay.origin)}>Use on all devices</wa-button>`
            : nothing
        }
        ${
          this.relays.length < 2 && !this.#asks(relay)
            ? nothing
            : html`<wa-button appearance="plain" ?disabled=${this.#task.busy} @click=${() => void this.#remove(relay)}><wa-icon name="xmark" label="Remove ${name}"></wa-icon></wa-button>`
        }
      </div>
    </li>`
  }

  #unused(relay: UnusedRelay) {
    const name = unusedName(relay)
    const named = namedWords(relay.named, this.#people.value, this.now)
    const { busy } = this.#task
    return html`<li class="row">
      <i class="unused" aria-hidden="true"></i>
      <div class="what"><strong>${name}</strong>
        <p>${unusedWords(relay)}</p>
        ${named === null ? nothing : html`<p>${named}</p>`}
      </div>
      <div class="do">
        ${relay.why === 'left' ? html`<wa-button appearance="plain" ?disabled=${busy} @click=${() => this.#share(relay.address)}>Use here</wa-button>` : nothing}
        ${
          relay.why === 'unusable' && this.#isAdmin
            ? html`<wa-button appearance="plain" ?disabled=${busy} @click=${() => this.#drop(relay.id)}><wa-icon name="xmark" label="Remove ${name} from all devices"></wa-icon></wa-button>`
            : nothing
        }
      </div>
    </li>`
  }

  #form() {
    const { trusted } = this
    const whose =
      trusted || !this.#isAdmin
        ? 'Only this device will use it.'
        : 'All devices of the workspace will use it.'
    return html`<form class="card" aria-label="Add a relay" @submit=${this.#add}>
      <p class="quiet">${whose}</p>
      <wa-input name="address" label=${trusted ? 'Address of the Yjs server' : 'Relay address'} placeholder=${trusted ? 'wss://yjs.example' : 'https://relay.example'} inputmode="url" autocomplete="off"></wa-input>
      ${trusted ? nothing : html`<wa-input name="code" label="Operator code" hint="Only where the relay asks for one." autocomplete="off"></wa-input>`}
      <label class="check">
        <input type="checkbox" name="trusted" .checked=${trusted} @change=${(event: Event) => {
          this.trusted = (event.target as HTMLInputElement).checked
        }} />
        <span>It is a plain Yjs server of my own</span>
        <span class="quiet">${
          trusted
            ? html`<strong>It can read and change everything in this workspace</strong>, and so can whoever reaches it or runs it. It does not confirm what it has.`
            : 'For a server that is no relay of Holdfast. It could read everything.'
        }</span>
      </label>
      <div class="end">
        <wa-button appearance="plain" @click=${() => this.#show(false)}>Cancel</wa-button>
        <wa-button type="submit" variant=${trusted ? 'danger' : 'brand'} ?loading=${this.#task.busy}>${trusted ? 'Let it read' : 'Add'}</wa-button>
      </div>
    </form>`
  }

  protected override render() {
    const { failure } = this.#task
    const removed = this.relays.find(({ origin }) => origin === this.removing)
    return html`
      <ul class="card">${this.relays.map(relay => this.#relay(relay))}${this.unused.map(relay => this.#unused(relay))}</ul>
      ${
        removed
          ? html`<hf-remove-relay .origin=${removed.origin} .only=${this.relays.length < 2} .forAll=${this.#isSpare(removed)} .deletable=${this.#people.value?.role === 'owner'} @over=${() => {
              this.removing = null
            }}></hf-remove-relay>`
          : nothing
      }
      ${failure ? html`<p class="alarm" role="alert">${failure.message}</p>` : nothing}
      ${
        this.adding
          ? this.#form()
          : html`<div><wa-button appearance="outlined" @click=${() => this.#show(true)}><wa-icon slot="start" name="plus"></wa-icon>Add a relay</wa-button></div>`
      }
    `
  }
}

customElements.define('hf-relays', Relays)

declare global {
  interface HTMLElementTagNameMap {
    'hf-relays': Relays
  }
}
