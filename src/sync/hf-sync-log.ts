import { css, html, LitElement, nothing } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import type { SyncEvent } from '../../protocol/sync.ts'
import { baseStyles } from '../design/shared-styles.ts'
import { matching } from './search-log.ts'
import { KINDS } from './sync-words.ts'

const ROWS_AT_ONCE = 100

const time = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
})

/** What happened lately, to be searched. */
export class SyncLog extends LitElement {
  static override properties = {
    events: { attribute: false },
    filter: { state: true },
    rows: { state: true },
  }

  static override styles = [
    baseStyles,
    css`
      :host { display: grid; gap: 0.75rem; }
      wa-input::part(form-control-label) {
        position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%);
      }
      wa-input::part(base) { background: var(--hf-raised); border-color: var(--hf-line); }
      ul { border: 1px solid var(--hf-line); border-radius: 12px; background: var(--hf-raised); overflow: hidden; }
      li { display: grid; grid-template-columns: 4.6rem 6.2rem minmax(0, 1fr); gap: 0.5rem; padding: 0.4rem 1rem; font-size: 13.5px; }
      li + li { border-top: 1px solid var(--hf-line); }
      time, .kind { color: var(--hf-ink-soft); font-variant-numeric: tabular-nums; }
      .problem .kind { color: var(--hf-warn); }
      .text { overflow-wrap: anywhere; }
      p { color: var(--hf-ink-soft); font-size: 13.5px; }
      wa-button { justify-self: start; }
      @media (width <= 45rem) {
        li { grid-template-columns: 4.6rem minmax(0, 1fr); row-gap: 0; }
        .text { grid-column: 1 / -1; }
      }
    `,
  ]

  declare events: readonly SyncEvent[]
  declare filter: string
  declare rows: number

  constructor() {
    super()
    this.events = []
    this.filter = ''
    this.rows = ROWS_AT_ONCE
  }

  protected override render() {
    const found = matching(this.events, this.filter)
    const shown = found.slice(0, this.rows)
    return html`
      <wa-input label="Search the log" placeholder="Search the log" autocomplete="off" with-clear
        @input=${(event: Event) => {
          this.filter = (event.target as HTMLInputElement).value ?? ''
          this.rows = ROWS_AT_ONCE
        }}><wa-icon slot="start" name="search"></wa-icon></wa-input>
      ${
        found.length === 0
          ? html`<p>${this.events.length === 0 ? 'Nothing has happened yet.' : 'Nothing in the log holds these words.'}</p>`
          : html`<ul aria-label="Log">
              ${repeat(
                shown,
                ({ id }) => id,
                event => html`<li class=${event.kind}>
                  <time datetime=${new Date(event.at).toISOString()}>${time.format(event.at)}</time>
                  <span class="kind">${KINDS[event.kind]}</span><span class="text">${event.text}</span>
                </li>`,
              )}
            </ul>`
      }
      ${
        found.length > shown.length
          ? html`<wa-button appearance="plain" @click=${() => {
              this.rows += ROWS_AT_ONCE
            }}>Show older ones</wa-button>`
          : nothing
      }
    `
  }
}

customElements.define('hf-sync-log', SyncLog)

declare global {
  interface HTMLElementTagNameMap {
    'hf-sync-log': SyncLog
  }
}
