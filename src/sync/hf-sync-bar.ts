import { css, html, LitElement, nothing } from 'lit'
import type { SyncValue } from '../../protocol/sync.ts'
import { type DialogName, wish } from '../app/events.ts'
import { RedrawTimer } from '../app/redraw-timer.ts'
import { ServicesController } from '../app/services-controller.ts'
import { baseStyles } from '../design/shared-styles.ts'
import { readersLine } from './relay-words.ts'
import { awayLine, REFUSED_WORDS, setAsideLine, statusLine } from './status-line.ts'
import './hf-sync-status.ts'

/** A week passes while nothing else changes. */
const LOOK_AGAIN_MS = 60 * 60_000

/** The line about where changes are, and what the person can do about it. */
export class SyncBar extends LitElement {
  static override properties = {
    sync: { attribute: false },
    behindDialog: { attribute: false },
    readonly: { type: Boolean },
  }

  static override styles = [
    baseStyles,
    css`
      :host {
        display: flex; flex-wrap: wrap; align-items: center; justify-content: flex-end; gap: 0.1rem 0.25rem;
        padding: 0.35rem 0.55rem 0.45rem 1.2rem; background: var(--hf-side);
        border-right: 1px solid var(--hf-line); border-top: 1px solid var(--hf-line); min-height: 3rem;
      }
      /* What is long gets a line of its own, and the buttons the next one. */
      hf-sync-status { flex: 1 1 auto; }
      wa-button::part(base) { padding: 0 0.6rem; font-size: 13.5px; font-weight: 550; color: var(--hf-accent-ink); }
      @media (width <= 45rem) {
        :host { border-right: 0; }
      }
    `,
  ]

  declare sync: SyncValue | undefined
  /** A modal hides what is behind it from assistive technology; its names must not be there twice. */
  declare behindDialog: boolean
  /** This device may only look. */
  declare readonly: boolean

  readonly #services = new ServicesController(this, ({ connection, edits }, update) => [
    connection.onState(update),
    edits.onChange(update),
  ])

  constructor() {
    super()
    this.readonly = false
    new RedrawTimer(this, LOOK_AGAIN_MS)
  }

  #actions() {
    const { sync } = this
    const connection = this.#services.value?.connection
    if (connection?.state.type === 'failed')
      return html`<wa-button appearance="plain" @click=${() => connection.retry()}>Try again</wa-button>`
    if (!sync) return nothing
    const hidden = String(this.behindDialog) as 'true' | 'false'
    const show = (dialog: DialogName) => () => wish(this, { type: 'show-dialog', dialog })
    if (sync.phase === 'off')
      return html`<wa-button appearance="plain" aria-hidden=${hidden} @click=${show('sync')}
        ><wa-icon slot="start" name="sync"></wa-icon>Turn on sync</wa-button
      >`
    // Whom the relay refuses can bring nobody in.
    const adding = html`<wa-button appearance="plain" aria-hidden=${hidden} @click=${show('invite')}
      ><wa-icon slot="start" name="device"></wa-icon>Add a device</wa-button
    >`
    return html`${sync.phase === 'refused' ? nothing : adding}<wa-button appearance="plain" aria-hidden=${hidden} @click=${show('sync')}
        ><wa-icon name="settings" label="Sync settings"></wa-icon
      ></wa-button>`
  }

  protected override render() {
    const services = this.#services.value
    if (!services) return nothing
    const { connection, edits } = services
    const pending = edits.pending()
    const warnings = [
      pending === 'refused' ? REFUSED_WORDS : null,
      awayLine(this.sync, Date.now()),
      setAsideLine(this.sync?.setAside ?? 0),
      readersLine(this.sync?.relays ?? []),
    ].filter(warning => warning !== null)
    return html`<hf-sync-status
        .line=${statusLine(this.sync, connection.state, pending === 'storing', this.readonly)}
        .warnings=${warnings}
      ></hf-sync-status>
      ${this.#actions()}`
  }
}

customElements.define('hf-sync-bar', SyncBar)

declare global {
  interface HTMLElementTagNameMap {
    'hf-sync-bar': SyncBar
  }
}
