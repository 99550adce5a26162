import { css, html, nothing } from 'lit'
import type { Role } from '../../protocol/access/acts.ts'
import type { MadeInvitation, PeopleIntent } from '../../protocol/people.ts'
import { DialogElement } from '../app/dialog-element.ts'
import { ViewController } from '../views/view-controller.ts'
import { guessDevice } from './device-guess.ts'
import { formStyles } from './form-styles.ts'
import { asRole, dayAndTime, ROLE_MEANS, ROLE_WORDS, rolesToGive } from './people-words.ts'
import { qrCode } from './qr-code.ts'
import './hf-copy-field.ts'

type Terms = Omit<Extract<PeopleIntent, { type: 'create-invitation' }>, 'type'>

/** Another device of one's own gets a link at once; for another person it is asked as what, and for how long. */
const FOR_MY_DEVICE: Terms = { role: null, once: true, days: 1 }

const DAYS = [1, 7, 30] as const

/** Makes an invitation and shows it: a link with its QR code, or words that can be read out. */
export class InviteDialog extends DialogElement {
  static override properties = {
    who: {},
    made: { state: true },
    role: { state: true },
    spoken: { state: true },
  }

  static override styles = [
    ...DialogElement.styles,
    formStyles,
    css`
      .code { justify-self: center; width: min(15rem, 70vw); border-radius: 12px; overflow: hidden; border: 1px solid var(--hf-line); line-height: 0; }
      .phrase { padding: 0.9rem 1rem; border-radius: var(--hf-radius); background: var(--hf-accent-wash); font-size: 1.15rem; font-weight: 600; line-height: 1.6; }
      dl { margin: 0; display: grid; gap: 0.6rem; }
      dt { color: var(--hf-ink-soft); font-size: 14px; }
      dd { margin: 0; overflow-wrap: anywhere; }
      .mono { font-family: var(--hf-font-mono); font-size: 13.5px; }
      details { border: 1px solid var(--hf-line); border-radius: var(--hf-radius); padding: 0.6rem 0.8rem; }
      summary { cursor: pointer; }
    `,
  ]

  declare who: 'device' | 'person'
  declare made: { readonly invitation: MadeInvitation; readonly terms: Terms } | null
  declare role: Role
  declare spoken: boolean

  readonly #people = new ViewController<'people'>(this, { view: 'people' })

  constructor() {
    super()
    this.who = 'device'
    this.made = null
    this.role = 'editor'
    this.spoken = false
  }

  protected override firstUpdated(): void {
    super.firstUpdated()
    if (this.who === 'device') void this.#make(FOR_MY_DEVICE)
  }

  async #make(terms: Terms): Promise<void> {
    this.made = null
    const device = guessDevice(navigator.userAgent)
    const name = terms.name ?? { person: '', device }
    const made = await this.task.run(() =>
      this.services.connection.run({ type: 'create-invitation', ...terms, name }),
    )
    if (made) this.made = { invitation: made.value, terms }
  }

  #submit(event: Event): void {
    event.preventDefault()
    const data = new FormData(event.target as HTMLFormElement)
    const own = this.renderRoot.querySelector<HTMLElement & { value: string | null }>('[name=own]')
    void this.#make({
      role: this.role,
      once: data.get('many') !== 'several',
      days: Number(data.get('days')),
      phrase: this.spoken,
      ...(own && { name: { person: own.value ?? '', device: guessDevice(navigator.userAgent) } }),
    })
  }

  /** Whoever is invited sees by whom; nobody was asked for a name when the workspace was made. */
  #ownName() {
    const me = this.#people.value?.people.find(({ isMe }) => isMe)
    if (!me || me.isNamed) return nothing
    return html`<wa-input name="own" label="Your name" hint="Shown to whoever you invite, and to all members. The relay cannot read it." required autocomplete="name"></wa-input>`
  }

  #form() {
    const { role } = this
    const roles = rolesToGive(this.#people.value?.role ?? null)
    return html`<form @submit=${this.#submit}>
      ${this.#ownName()}
      <fieldset><legend>They come as</legend>
        ${roles.map(
          each =>
            html`<label class="choice"><input type="radio" name="role" .checked=${each === role} @change=${() => {
              this.role = each
            }} /><span><strong>${ROLE_WORDS[each]}</strong> <span class="quiet">${ROLE_MEANS[each]}</span></span></label>`,
        )}
      </fieldset>
      <fieldset><legend>They are invited by</legend>
        <label class="choice"><input type="radio" name="how" .checked=${!this.spoken} @change=${() => {
          this.spoken = false
        }} /><span>a link, or its QR code</span></label>
        <label class="choice"><input type="radio" name="how" .checked=${this.spoken} @change=${() => {
          this.spoken = true
        }} /><span>seven words, to be read out on the phone</span></label>
      </fieldset>
      <label class="field">For
        <select name="many"><option value="one">one person</option><option value="several">several people</option></select></label>
      <label class="field">Valid for
        <select name="days">${DAYS.map(days => html`<option value=${days} ?selected=${days === 7}>${days === 1 ? 'a day' : `${days} days`}</option>`)}</select></label>
      <div class="row end"><wa-button type="submit" variant="brand" ?loading=${this.task.busy}>Make the invitation</wa-button></div>
    </form>`
  }

  /** What whoever has it can do. */
  #warning({ role, once }: Terms, { expires }: MadeInvitation) {
    const until =
      expires === null
        ? ''
        : ` It is valid until ${dayAndTime(expires)}, and can be taken back under “People”.`
    const what =
      role === null
        ? html`<strong>Whoever has this can read and change everything that you can.</strong> Give it to nobody else.`
        : html`<strong>Whoever has this can come in as ${asRole(role)}.</strong>${once ? ' The first one to use it, uses it up.' : ''}`
    return html`<p class="quiet">${what}${until}</p>`
  }

  #spoken({ words, workspace, workspaceWords, relay }: MadeInvitation) {
    return html`
      <p>On the other device choose “Join with an invitation”, and then type these three. Capitals and small typing mistakes at the ends of words do no harm.</p>
      <dl>
        <div><dt>Seven words</dt><dd class="phrase" aria-label="Phrase">${words}</dd></div>
        <div><dt>Relay</dt><dd class="mono">${relay}</dd></div>
      </dl>
      <hf-copy-field label="Workspace id" .value=${workspace}></hf-copy-field>
      <details><summary>The workspace id as words, for the phone</summary><p class="mono">${workspaceWords}</p></details>
    `
  }

  #link({ link }: MadeInvitation, { role }: Terms) {
    return html`
      <p>${role === null ? 'Scan this with the other device, or open the link on it.' : 'Let them scan this, or send them the link in a way that you trust.'}</p>
      <div class="code">${qrCode(link, 'QR code of the invitation link')}</div>
      <hf-copy-field label="Invitation link" .value=${link}></hf-copy-field>
    `
  }

  #shown() {
    if (this.made === null) return nothing
    const { invitation, terms } = this.made
    return html`
      ${invitation.words === null ? this.#link(invitation, terms) : this.#spoken(invitation)}
      ${this.#warning(terms, invitation)}
      ${
        terms.role === null && invitation.words === null
          ? html`<div class="row"><wa-button appearance="plain" ?loading=${this.task.busy} @click=${() => this.#make({ ...FOR_MY_DEVICE, phrase: true })}>Words to type instead</wa-button></div>`
          : nothing
      }
    `
  }

  protected override render() {
    const { failure, busy } = this.task
    const asks = this.who === 'person' && this.made === null
    return html`<wa-dialog label=${this.who === 'device' ? 'Add a device' : 'Invite a person'} @wa-after-hide=${this.onHidden}>
      <div class="stack">
        ${failure ? html`<p class="alarm" role="alert">${failure.message}</p>` : nothing}
        ${
          failure && this.who === 'device'
            ? html`<div class="row end"><wa-button @click=${() => this.#make(FOR_MY_DEVICE)}>Try again</wa-button></div>`
            : nothing
        }
        ${busy && !asks ? html`<p class="quiet">Making an invitation…</p>` : nothing}
        ${asks ? this.#form() : this.#shown()}
      </div>
    </wa-dialog>`
  }
}

customElements.define('hf-invite-dialog', InviteDialog)

declare global {
  interface HTMLElementTagNameMap {
    'hf-invite-dialog': InviteDialog
  }
}
