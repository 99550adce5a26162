import { css, html, nothing } from 'lit'
import type { InvitationOffer, InvitationSource } from '../../protocol/people.ts'
import { DialogElement } from '../app/dialog-element.ts'
import { wish } from '../app/events.ts'
import { ViewController } from '../views/view-controller.ts'
import { guessDevice } from './device-guess.ts'
import { formStyles } from './form-styles.ts'
import { offerTitle, offerWords, ROLE_WORDS } from './people-words.ts'

/** Takes an invitation, shows whom and what it leads to, and joins once that is accepted. */
export class JoinDialog extends DialogElement {
  static override properties = { link: { attribute: false }, offer: { state: true } }

  static override styles = [
    ...DialogElement.styles,
    formStyles,
    css`
      dl { display: grid; grid-template-columns: auto 1fr; gap: 0.35rem 1rem; margin: 0; }
      dt { color: var(--hf-ink-soft); }
      dd { margin: 0; overflow-wrap: anywhere; }
      h3 { font-size: 15px; font-weight: 650; }
    `,
  ]

  /** What the app was opened with; null where the invitation is still to be typed in. */
  declare link: string | null
  declare offer: { readonly source: InvitationSource; readonly value: InvitationOffer } | null

  /** Whether there is anything to bring along. */
  readonly #notes = new ViewController<'notes'>(this, { view: 'notes', place: 'notes', filter: '', limit: 1 })
  readonly #workspaces = new ViewController<'workspaces'>(this, { view: 'workspaces' })

  constructor() {
    super()
    this.link = null
    this.offer = null
  }

  protected override firstUpdated(): void {
    super.firstUpdated()
    if (this.link !== null) void this.#look({ link: this.link })
  }

  #text(name: string): string {
    const field = this.renderRoot.querySelector<HTMLElement & { value: string | null }>(`[name=${name}]`)
    return field?.value?.trim() ?? ''
  }

  async #look(source: InvitationSource): Promise<void> {
    const looked = await this.task.run(() =>
      this.services.connection.run({ type: 'look-at-invitation', source }),
    )
    if (looked) this.offer = { source, value: looked.value }
  }

  #read(event: Event): void {
    event.preventDefault()
    const link = this.#text('link')
    const [workspace, relay, phrase] = [this.#text('workspace'), this.#text('relay'), this.#text('phrase')]
    void this.#look(link !== '' ? { link } : { workspace, relay, phrase })
  }

  async #join(source: InvitationSource): Promise<void> {
    const bring = this.renderRoot.querySelector<HTMLInputElement>('[name=bring]')?.checked === true
    const name = { person: this.#text('person'), device: this.#text('device') }
    const joined = await this.task.run(() =>
      this.services.connection.run({ type: 'join-workspace', source, name, bring }),
    )
    if (!joined) return
    this.services.keepStorage()
    const { notesBrought: count } = joined.value
    const brought = count === 0 ? '' : count === 1 ? ' 1 note came along.' : ` ${count} notes came along.`
    wish(this, { type: 'say', text: `This device has joined.${brought}` })
    this.close()
  }

  #entry() {
    return html`<form id="entry" @submit=${this.#read}>
      <wa-input name="link" label="Invitation link" autocomplete="off" autofocus></wa-input>
      <hr />
      <h3>Words, or a recovery key</h3>
      <p class="quiet">All three are read out to you, or stand on the printed page.</p>
      <wa-input name="phrase" label="Seven words, or the 24 of a recovery key" autocomplete="off" autocapitalize="none" .spellcheck=${false}></wa-input>
      <wa-input name="relay" label="Relay" .defaultValue=${location.origin} inputmode="url" autocomplete="off"></wa-input>
      <wa-input name="workspace" label="Workspace id" hint="43 letters and digits, or 24 words" autocomplete="off" autocapitalize="none" .spellcheck=${false}></wa-input>
    </form>`
  }

  #names({ person }: InvitationOffer) {
    return html`
      ${person === null ? html`<wa-input name="person" label="Your name" required autocomplete="name" autofocus hint="All members see it. The relay cannot read it."></wa-input>` : nothing}
      <wa-input name="device" label="This device" required .defaultValue=${guessDevice(navigator.userAgent)} autocomplete="off"></wa-input>
    `
  }

  /** One's own devices share everything; what is private does not go to others unless that is said. */
  #bring({ role, isRecovery }: InvitationOffer) {
    const here = this.#workspaces.value?.rows.find(({ current }) => current)
    if (role === 'reader' || !here) return nothing
    if (role !== null && this.#notes.value?.all === 0) return nothing
    const own = role === null && !isRecovery && !here.sync
    return html`<label class="choice"><input type="checkbox" name="bring" .checked=${own} /><span>Copy the notes of “${here.name}” on this device into it${own ? '' : '. All members can read them then'}</span></label>`
  }

  #offer({ source, value }: { source: InvitationSource; value: InvitationOffer }) {
    const { members, role, relay, alreadyMember } = value
    if (alreadyMember) return html`<p>This device belongs to it already.</p>`
    return html`
      <p>${offerWords(value)}</p>
      <dl>
        <dt>Members</dt><dd>${members.join(', ')}</dd>
        ${role === null ? nothing : html`<dt>Your role</dt><dd>${ROLE_WORDS[role]}</dd>`}
        <dt>By way of</dt><dd>${new URL(relay).host}, which cannot read it</dd>
      </dl>
      <form id="join" @submit=${(event: Event) => {
        event.preventDefault()
        void this.#join(source)
      }}>${this.#names(value)} ${this.#bring(value)}</form>
    `
  }

  #actions() {
    const { busy } = this.task
    const { offer } = this
    if (offer?.value.alreadyMember)
      return html`<wa-button slot="footer" variant="brand" ?loading=${busy} @click=${() => this.#join(offer.source)}>Open it</wa-button>`
    const [form, label] = offer ? ['join', 'Join'] : ['entry', 'Go on']
    const submit = () => this.renderRoot.querySelector<HTMLFormElement>(`#${form}`)?.requestSubmit()
    if (!offer && this.link !== null) return nothing
    return html`<wa-button slot="footer" variant="brand" ?loading=${busy} @click=${submit}>${label}</wa-button>`
  }

  protected override render() {
    const { failure, busy } = this.task
    const { offer, link } = this
    const label = offer
      ? offerTitle(offer.value)
      : link !== null && failure
        ? 'This invitation does not work'
        : 'Join with an invitation'
    return html`<wa-dialog label=${label} @wa-after-hide=${this.onHidden}>
      <div class="stack">
        ${failure ? html`<p class="alarm" role="alert">${failure.message}</p>` : nothing}
        ${failure && link !== null && !offer ? html`<p class="quiet">Nothing was changed here.</p>` : nothing}
        ${offer ? this.#offer(offer) : link === null ? this.#entry() : busy ? html`<p class="quiet">Looking it up…</p>` : nothing}
      </div>
      <wa-button slot="footer" appearance="plain" ?disabled=${busy} @click=${() => this.close()}>${link !== null && failure ? 'Close' : 'Not now'}</wa-button>
      ${failure?.code === 'unreachable' && link !== null && !offer ? html`<wa-button slot="footer" ?loading=${busy} @click=${() => this.#look({ link })}>Try again</wa-button>` : nothing}
      ${this.#actions()}
    </wa-dialog>`
  }
}

customElements.define('hf-join-dialog', JoinDialog)

declare global {
  interface HTMLElementTagNameMap {
    'hf-join-dialog': JoinDialog
  }
}
