import { html, LitElement, nothing } from 'lit'
import type { Role } from '../../protocol/access/acts.ts'
import { BUILD } from '../../protocol/build.ts'
import type { DeviceId } from '../../protocol/ids.ts'
import type { DeviceFacts, SyncDetailsValue, SyncValue } from '../../protocol/sync.ts'
import { wish } from '../app/events.ts'
import { RedrawTimer } from '../app/redraw-timer.ts'
import { pageStyles } from '../design/page-styles.ts'
import { ViewController } from '../views/view-controller.ts'
import { median } from './chart-path.ts'
import { reportText } from './sync-report.ts'
import {
  deviceWords,
  many,
  queueWords,
  seenWords,
  setAsideWords,
  shortId,
  unsentWords,
  wellKnown,
} from './sync-words.ts'
import './hf-chart.ts'
import './hf-relays.ts'
import './hf-sync-log.ts'

/** Times are told anew, and charts move on, this often. */
const LOOK_AGAIN_MS = 5_000

/** Nobody takes what they write. */
const isUnheard = (role: Role | null | undefined): role is null | 'reader' =>
  role === null || role === 'reader'

/** All about where changes are: relays, devices, what waits, what was set aside, and what happened. */
export class SyncPage extends LitElement {
  static override properties = { sync: { attribute: false }, report: { state: true } }

  static override styles = pageStyles

  declare sync: SyncValue | undefined
  /** Shown where the browser does not let it be copied. */
  declare report: string | null

  readonly #people = new ViewController<'people'>(this, { view: 'people' })
  readonly #details = new ViewController<'sync-details'>(this, { view: 'sync-details' })

  constructor() {
    super()
    this.report = null
    new RedrawTimer(this, LOOK_AGAIN_MS)
  }

  protected override firstUpdated(): void {
    // Whoever opened it with the keyboard goes on from here.
    this.renderRoot.querySelector<HTMLElement>('h2')?.focus()
  }

  async #copy(details: SyncDetailsValue, sync: SyncValue): Promise<void> {
    const text = reportText({ details, sync, build: BUILD, browser: navigator.userAgent, now: Date.now() })
    try {
      await navigator.clipboard.writeText(text)
      wish(this, { type: 'say', text: 'The report is copied. It holds nothing of your notes and no keys.' })
    } catch {
      // Not allowed here: it is shown, ready to be copied by hand.
      this.report = text
      await this.updateComplete
      this.renderRoot.querySelector('textarea')?.select()
    }
  }

  /** Undefined as long as it is not known. */
  get #role(): Role | null | undefined {
    return this.#people.value?.role
  }

  /** How the members call it; '' where that is not known here. */
  #nameOf(id: DeviceId): string {
    for (const { name, isMe, isNamed, devices } of this.#people.value?.people ?? []) {
      const found = devices.find(({ device }) => device === id)
      if (found) return isMe || !isNamed ? found.name : `${found.name} of ${name}`
    }
    return ''
  }

  #device(device: DeviceFacts, now: number) {
    const name = this.#nameOf(device.id)
    return html`<li class="row">
      <wa-icon name="device"></wa-icon>
      <div class="what">${name === '' ? nothing : html`<strong>${name}</strong> `}<span class="id">${shortId(device.id)}</span>${device.self ? html` <span class="badge">This device</span>` : nothing}
        <p>${seenWords(device, now)}</p>
      </div>
      <span class=${device.behind === 0 ? 'good' : 'quiet'}>${deviceWords(device)}</span>
    </li>`
  }

  #queue({ queue }: SyncDetailsValue) {
    const role = this.#role
    const words = isUnheard(role)
      ? unsentWords(queue, role)
      : queueWords(queue, this.sync?.relays.length ?? 1)
    const held = new Set(isUnheard(role) ? [] : queue.held)
    return html`<p class="quiet">${words}</p>
      ${
        queue.waiting.length === 0
          ? nothing
          : html`<ul class="card" aria-label="Waiting">
              ${queue.waiting.slice(0, 20).map(
                id => html`<li class="row">
                  ${
                    wellKnown(id)
                      ? html`<span class="what">The ${wellKnown(id)}</span>`
                      : html`<button class="what link" @click=${() => wish(this, { type: 'open-note', note: id, write: false })}>Note <span class="id">${id.slice(0, 6)}</span></button>`
                  }
                  <span class="quiet">${held.has(id) ? 'Held by the service worker, too' : 'On this device'}</span>
                </li>`,
              )}
            </ul>`
      }`
  }

  #charts({ charts }: SyncDetailsValue, now: number) {
    const taken = charts.latency.filter(({ at }) => at > now - 5 * 60_000).map(({ value }) => value)
    const typical = median(taken)
    const latency =
      typical === null
        ? 'Nothing was sent in the last 5 minutes.'
        : `Usually ${Math.round(typical)} ms from sending to the relay’s word, over ${many(taken.length, 'change', 'changes')} in 5 minutes.`
    const waiting = charts.queue.at(-1)?.value ?? 0
    const most = Math.max(0, ...charts.queue.map(({ value }) => value))
    const queued =
      most === 0
        ? 'Nothing waited in the last 5 minutes.'
        : `${waiting === 0 ? 'Nothing waits now' : `${many(waiting, 'document waits', 'documents wait')} now`}; at most ${most} in the last minutes.`
    return html`<div class="charts">
      <hf-chart heading="Latency" kind="dots" unit="ms" .words=${latency} .points=${charts.latency} .now=${now} .least=${50}></hf-chart>
      <hf-chart heading="Waiting" kind="steps" unit="waiting" .words=${queued} .points=${charts.queue} .now=${now} .least=${5}></hf-chart>
    </div>`
  }

  #all(details: SyncDetailsValue, sync: SyncValue) {
    const now = Date.now()
    const { setAside } = details
    return html`
      <section aria-labelledby="relays"><h3 id="relays">${details.relays.length + details.unused.length > 1 ? 'Relays' : 'Relay'}</h3>
        <hf-relays .relays=${details.relays} .unused=${details.unused} .now=${now}></hf-relays></section>
      <section aria-labelledby="devices"><h3 id="devices">Devices</h3>
        <ul class="card">${details.devices.map(device => this.#device(device, now))}</ul></section>
      <section aria-labelledby="queue"><h3 id="queue">${isUnheard(this.#role) ? 'Not sent' : 'Waiting to be sent'}</h3>${this.#queue(details)}</section>
      ${
        setAside.length === 0
          ? nothing
          : html`<section aria-labelledby="aside"><h3 id="aside">Set aside</h3>
              <p class="quiet">These came and could not be read. They stop nothing else; what they hold is asked of the other devices.</p>
              <ul class="card">${setAside.map(entry => html`<li class="row"><wa-icon name="warning"></wa-icon><span class="what">${setAsideWords(entry)}</span><span class="id quiet">${wellKnown(entry.document) ?? entry.document.slice(0, 6)}</span></li>`)}</ul></section>`
      }
      <section aria-labelledby="minutes"><h3 id="minutes">The last minutes</h3>${this.#charts(details, now)}</section>
      <section aria-labelledby="log"><h3 id="log">Log</h3><hf-sync-log .events=${details.events}></hf-sync-log></section>
      <section aria-labelledby="help"><h3 id="help">Report</h3>
        <p class="quiet">For whoever helps you: the facts on this page as text. It holds nothing of your notes, no titles, and no keys.</p>
        <div><wa-button appearance="outlined" @click=${() => void this.#copy(details, sync)}><wa-icon slot="start" name="copy"></wa-icon>Copy report</wa-button></div>
        ${this.report === null ? nothing : html`<textarea readonly aria-label="Report" rows="12" .value=${this.report}></textarea>`}
      </section>
    `
  }

  protected override render() {
    const details = this.#details.value
    const { sync } = this
    return html`
      <header>
        <wa-button appearance="plain" @click=${() => wish(this, { type: 'close-note' })}><wa-icon name="back" label="Back to the list"></wa-icon></wa-button>
        <h2 tabindex="-1">Sync details</h2>
      </header>
      <div class="page">
        ${
          !details || !sync
            ? nothing
            : sync.phase === 'off'
              ? html`<p>Sync is off: nothing leaves this device.</p>
                <div><wa-button variant="brand" @click=${() => wish(this, { type: 'show-dialog', dialog: 'sync' })}>Turn on sync</wa-button></div>`
              : this.#all(details, sync)
        }
      </div>
    `
  }
}

customElements.define('hf-sync-page', SyncPage)

declare global {
  interface HTMLElementTagNameMap {
    'hf-sync-page': SyncPage
  }
}
