import { css, html, LitElement, nothing, type PropertyValues } from 'lit'
import type { LockScreen as Screen } from '../../protocol/lock.ts'
import { fail, type Result } from '../../protocol/result.ts'
import { Task } from '../app/task.ts'
import { baseStyles } from '../design/shared-styles.ts'

/** As it was when the screen came: a number that counts down would be read out again and again. */
const waitWords = (screen: Screen | null): string => {
  const seconds = screen?.type === 'locked' ? Math.ceil(screen.waitMs / 1000) : 0
  return seconds === 1 ? '1 second' : `${seconds} seconds`
}

/** What is seen instead of the notes while the device is locked. */
export class LockScreen extends LitElement {
  static override properties = { screen: { attribute: false }, waits: { state: true } }

  static override styles = [
    baseStyles,
    css`
      :host { display: grid; place-items: center; min-height: 100dvh; padding: 1.5rem; background: var(--hf-side); color: var(--hf-ink); }
      .card { display: grid; gap: 1.1rem; width: min(24rem, 100%); padding: 1.75rem; border: 1px solid var(--hf-line); border-radius: 16px; background: var(--hf-raised); box-shadow: var(--hf-shadow); }
      form { display: grid; gap: 1rem; }
      .head { display: flex; align-items: center; gap: 0.7rem; }
      .mark { width: 32px; height: 32px; border-radius: 8px; }
      h1 { font-size: 20px; font-weight: 680; letter-spacing: -0.015em; }
      .quiet { color: var(--hf-ink-soft); font-size: 14px; }
      wa-button { width: 100%; }
    `,
  ]

  /** Null while it is being locked. */
  declare screen: Screen | null
  /** The next passphrase is not taken yet. */
  declare waits: boolean
  unlock: (passphrase: string) => Promise<Result<null>> = async () =>
    fail('connection-lost', 'Holdfast is not ready yet. Try again.')

  readonly #task = new Task(this)
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor() {
    super()
    this.screen = null
    this.waits = false
  }

  get #field() {
    return this.renderRoot.querySelector('wa-input')
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('screen') || this.screen?.type !== 'locked') return
    clearTimeout(this.#timer)
    this.waits = this.screen.waitMs > 0
    if (this.waits)
      this.#timer = setTimeout(() => {
        this.waits = false
      }, this.screen.waitMs)
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('screen') && this.screen?.type === 'locked')
      void this.#field?.updateComplete.then(() => this.#field?.focus())
  }

  async #unlock(event: Event): Promise<void> {
    event.preventDefault()
    const field = this.#field
    if (!field || this.waits) return
    const unlocked = await this.#task.run(() => this.unlock(field.value ?? ''))
    field.value = ''
    if (!unlocked) field.focus()
  }

  #locked() {
    const { busy, failure } = this.#task
    return html`<form @submit=${this.#unlock}>
      <wa-input type="password" password-toggle label="Passphrase of this device" autocomplete="current-password" required></wa-input>
      ${failure ? html`<p class="alarm" role="alert">${failure.message}</p>` : nothing}
      ${this.waits ? html`<p class="quiet" role="status">There were several wrong passphrases. The next one is taken in ${waitWords(this.screen)}.</p>` : nothing}
      <wa-button type="submit" variant="brand" ?loading=${busy} ?disabled=${this.waits}>Unlock</wa-button>
      <p class="quiet">Nobody can recover a forgotten passphrase. Your notes are still on your other devices, and a recovery key opens what was synced.</p>
    </form>`
  }

  #converting(to: 'sealed' | 'plain', done: number, of: number) {
    const what = to === 'sealed' ? 'Sealing' : 'Opening'
    return html`<p role="status">${what} what is stored on this device${of > 0 ? html`: ${done.toLocaleString()} of ${of.toLocaleString()}` : nothing}.</p>
      <wa-progress-bar label="Progress" value=${of > 0 ? Math.round((100 * done) / of) : 0}></wa-progress-bar>
      <p class="quiet">If this is interrupted, it goes on at the next start. Nothing can be lost.</p>`
  }

  protected override render() {
    const { screen } = this
    const title = screen?.type === 'converting' ? 'One moment' : 'Holdfast is locked'
    return html`<main class="card">
      <div class="head"><img class="mark" src="/icons/icon.svg" alt="" /><h1>${title}</h1></div>
      ${screen === null ? html`<p role="status">Storing what was typed last.</p>` : nothing}
      ${screen?.type === 'locked' ? this.#locked() : nothing}
      ${screen?.type === 'converting' ? this.#converting(screen.to, screen.done, screen.of) : nothing}
    </main>`
  }
}

customElements.define('hf-lock-screen', LockScreen)

declare global {
  interface HTMLElementTagNameMap {
    'hf-lock-screen': LockScreen
  }
}
