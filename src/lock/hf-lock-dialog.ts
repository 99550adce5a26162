import { css, html, nothing } from 'lit'
import {
  IDLE_MINUTES,
  type IdleMinutes,
  isIdleMinutes,
  type LockIntent,
  type LockValue,
  MIN_PASSPHRASE,
} from '../../protocol/lock.ts'
import { fail } from '../../protocol/result.ts'
import { DialogElement } from '../app/dialog-element.ts'
import { wish } from '../app/events.ts'
import { ViewController } from '../views/view-controller.ts'
import { IDLE_WORDS, LOCK_OFF } from './device-lock.ts'

const DIFFERENT = fail('passphrases-differ', 'The two passphrases are not the same. Type both once more.')

/** Turns the device lock on and off, locks now, and says what it does and what it cannot do. */
export class LockDialog extends DialogElement {
  static override properties = { asks: { state: true } }

  static override styles = [
    ...DialogElement.styles,
    css`
      form { display: grid; gap: 0.75rem; }
      fieldset { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; border: 0; margin: 0; padding: 0; }
      legend { padding: 0; margin-bottom: 0.35rem; font-weight: 600; }
      label { display: flex; align-items: center; gap: 0.5rem; min-height: var(--hf-target); }
      input[type='radio'] { margin: 0; width: 1.15rem; height: 1.15rem; accent-color: var(--hf-accent); }
      ul { display: grid; gap: 0.5rem; padding-left: 1.1rem; list-style: disc; }
      .warn { padding: 0.7rem 0.9rem; border-radius: var(--hf-radius); background: var(--hf-warn-wash); color: var(--hf-warn); }
    `,
  ]

  /** What the passphrase is asked for. */
  declare asks: 'change' | 'off' | null
  readonly #lock = new ViewController<'lock'>(this, { view: 'lock' })

  constructor() {
    super()
    this.asks = null
  }

  #text(name: string): string {
    const field = this.renderRoot.querySelector<HTMLElement & { value: string | null }>(`[name=${name}]`)
    return field?.value ?? ''
  }

  async #run(intent: LockIntent): Promise<boolean> {
    return (await this.task.run(() => this.services.connection.run(intent))) !== null
  }

  /** The passphrase that was typed twice; null where the two differ, which is said. */
  async #twice(): Promise<string | null> {
    const passphrase = this.#text('passphrase')
    if (passphrase === this.#text('again')) return passphrase
    await this.task.run(async () => DIFFERENT)
    return null
  }

  async #turnOn(event: Event): Promise<void> {
    event.preventDefault()
    const passphrase = await this.#twice()
    if (passphrase === null) return
    const chosen = this.renderRoot.querySelector<HTMLInputElement>('input[name=idle]:checked')
    const idleMinutes = Number(chosen?.value)
    if (!isIdleMinutes(idleMinutes)) return
    if (await this.#run({ type: 'turn-on-lock', passphrase, idleMinutes })) this.close()
  }

  async #change(event: Event): Promise<void> {
    event.preventDefault()
    const next = await this.#twice()
    if (next === null) return
    if (!(await this.#run({ type: 'change-passphrase', passphrase: this.#text('current'), next }))) return
    wish(this, { type: 'say', text: 'From now on the new passphrase unlocks this device.' })
    this.close()
  }

  async #turnOff(event: Event): Promise<void> {
    event.preventDefault()
    if (await this.#run({ type: 'turn-off-lock', passphrase: this.#text('current') })) this.close()
  }

  #ask(what: 'change' | 'off' | null): void {
    this.task.forget()
    this.asks = what
  }

  #password(name: string, label: string, kind: 'current' | 'new') {
    return html`<wa-input type="password" password-toggle name=${name} label=${label} autocomplete="${kind}-password" required></wa-input>`
  }

  #newPassphrase() {
    return html`${this.#password('passphrase', `New passphrase (${MIN_PASSPHRASE} characters or more)`, 'new')}
      ${this.#password('again', 'The same once more', 'new')}
      <p class="warn">Nobody can recover a forgotten passphrase: then your notes are only on your other devices, or behind a recovery key of the workspace. Have one of the two before you go on.</p>`
  }

  #idle(chosen: IdleMinutes, onChange: (minutes: IdleMinutes) => void) {
    return html`<fieldset>
      <legend>Lock when nobody has touched Holdfast for</legend>
      ${IDLE_MINUTES.map(
        minutes =>
          html`<label><input type="radio" name="idle" value=${minutes} ?checked=${minutes === chosen} @change=${() => onChange(minutes)} />${IDLE_WORDS[minutes]}</label>`,
      )}
    </fieldset>`
  }

  /** It was turned off, and something is still sealed. */
  #opening(unconverted: number) {
    return html`<p class="alarm">The lock was turned off, and ${unconverted === 1 ? '1 document' : `${unconverted.toLocaleString()} documents`} could not be stored without it yet, for want of space perhaps. It is tried again at the next start, which still asks for the passphrase.</p>`
  }

  #off() {
    return html`
      <p>With the lock, everything on this device is kept sealed and opens with a passphrase only. When nobody has touched Holdfast for a while, all its tabs close over your notes until it is entered again.</p>
      <form @submit=${this.#turnOn}>
        ${this.#newPassphrase()}
        ${this.#idle(LOCK_OFF.idleMinutes, () => {})}
        <p class="quiet">While the device is locked nothing is received. What you wrote before is still sent, sealed, also with every tab closed where the browser does such things in the background.</p>
        <div class="row end"><wa-button type="submit" variant="brand" ?loading=${this.task.busy}>Turn on the lock</wa-button></div>
      </form>`
  }

  #on(lock: LockValue) {
    const setIdle = (minutes: IdleMinutes): void => void this.#run({ type: 'set-lock-idle', minutes })
    return html`
      <p>The lock is on. What is stored on this device is sealed.</p>
      ${lock.unconverted > 0 ? html`<p class="alarm">${lock.unconverted === 1 ? '1 document' : `${lock.unconverted.toLocaleString()} documents`} could not be sealed yet, for want of space perhaps. It is tried again at the next start.</p>` : nothing}
      ${this.#idle(lock.idleMinutes, setIdle)}
      <p class="quiet">While the device is locked nothing is received. What you wrote before is still sent, sealed, also with every tab closed where the browser does such things in the background. Words that you type in the last moment before you close a tab are not kept for the next start, since nothing may lie here unsealed.</p>
      <div class="row end">
        <wa-button appearance="plain" variant="danger" @click=${() => this.#ask('off')}>Turn off…</wa-button>
        <wa-button appearance="outlined" @click=${() => this.#ask('change')}>Change passphrase…</wa-button>
        <wa-button variant="brand" ?loading=${this.task.busy} @click=${() => void this.#run({ type: 'lock-now' })}>Lock now</wa-button>
      </div>`
  }

  #asked(what: 'change' | 'off') {
    const isChange = what === 'change'
    return html`<form @submit=${isChange ? this.#change : this.#turnOff}>
      ${isChange ? nothing : html`<p>What is stored on this device can then be read by whoever gets at it, as before.</p>`}
      ${this.#password('current', 'Passphrase until now', 'current')}
      ${isChange ? this.#newPassphrase() : nothing}
      <div class="row end">
        <wa-button appearance="plain" @click=${() => this.#ask(null)}>Back</wa-button>
        <wa-button type="submit" variant=${isChange ? 'brand' : 'danger'} ?loading=${this.task.busy}>${isChange ? 'Change it' : 'Turn off the lock'}</wa-button>
      </div>
    </form>`
  }

  protected override render() {
    const { failure } = this.task
    const lock = this.#lock.value
    return html`<wa-dialog label="Device lock" @wa-after-hide=${this.onHidden}>
      <div class="stack">
        ${failure ? html`<p class="alarm" role="alert">${failure.message}</p>` : nothing}
        ${!lock ? nothing : !lock.on && lock.unconverted > 0 ? this.#opening(lock.unconverted) : !lock.on ? this.#off() : this.asks ? this.#asked(this.asks) : this.#on(lock)}
      </div>
    </wa-dialog>`
  }
}

customElements.define('hf-lock-dialog', LockDialog)

declare global {
  interface HTMLElementTagNameMap {
    'hf-lock-dialog': LockDialog
  }
}
