import { css, html, LitElement, nothing } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import type { Role } from '../../protocol/access/acts.ts'
import { isAdmin } from '../../protocol/access/rights.ts'
import type {
  DeviceRow,
  InvitationRow,
  PeopleIntent,
  PeopleValue,
  PersonRow,
  Told,
} from '../../protocol/people.ts'
import { wish } from '../app/events.ts'
import { RedrawTimer } from '../app/redraw-timer.ts'
import { ServicesController } from '../app/services-controller.ts'
import { Task } from '../app/task.ts'
import { pageStyles } from '../design/page-styles.ts'
import { ViewController } from '../views/view-controller.ts'
import { formStyles } from './form-styles.ts'
import { type PeopleDialog, peopleDialog } from './people-dialogs.ts'
import {
  asRole,
  day,
  hasRunOut,
  invitationDetail,
  invitationTitle,
  isOver,
  lossWords,
  ROLE_MEANS,
  ROLE_WORDS,
  rolesToGive,
  toldWords,
} from './people-words.ts'

type Telling = Extract<PeopleIntent, { type: 'revoke-invitation' | 'set-role' | 'rotate-keys' }>

const MINUTE_MS = 60_000

/** Who belongs to the workspace, with which devices, who may come, and how to come back. */
export class PeoplePage extends LitElement {
  static override properties = { open: { state: true } }

  static override styles = [
    ...pageStyles,
    formStyles,
    css`
      .person + .person { margin-top: 0.8rem; }
      .person > .row:first-child { background: var(--hf-wash); border-radius: 12px 12px 0 0; }
      .row { flex-wrap: wrap; justify-content: flex-end; }
      .row .what { flex: 1 1 8rem; }
      .row wa-button::part(base) { padding: 0 0.6rem; font-size: 14px; }
      details { border: 1px solid var(--hf-line); border-radius: var(--hf-radius); }
      summary { display: flex; align-items: center; min-height: var(--hf-target); padding: 0 1rem; cursor: pointer; color: var(--hf-ink-soft); }
      details .card { border-width: 1px 0 0; border-radius: 0; }
      .tools { display: flex; flex-wrap: wrap; gap: 0.5rem; }
      .warn { display: grid; gap: 0.7rem; justify-items: start; }
    `,
  ]

  declare open: PeopleDialog | null

  readonly #people = new ViewController<'people'>(this, { view: 'people' })
  readonly #services = new ServicesController(this)
  readonly #task = new Task(this)

  constructor() {
    super()
    this.open = null
    new RedrawTimer(this, MINUTE_MS) // invitations run out while one looks
  }

  protected override firstUpdated(): void {
    // Whoever opened it with the keyboard goes on from here.
    this.renderRoot.querySelector<HTMLElement>('h2')?.focus()
  }

  async #tell(intent: Telling, done: string): Promise<void> {
    const { run } = this.#services.value!.connection
    const told = await this.#task.run<Told>(() => run(intent))
    if (told) wish(this, { type: 'say', text: toldWords(done, told.value) })
  }

  #setRole(person: PersonRow, event: Event): void {
    const select = event.target as HTMLSelectElement
    const role = select.value as Role
    // What is shown stays what is true, until it is another one.
    select.value = person.role
    void this.#tell(
      { type: 'set-role', person: person.person, role },
      `${person.isMe ? 'You are' : `${person.name} is`} ${asRole(role)} now.`,
    )
  }

  #role(person: PersonRow, mine: Role | null) {
    const roles = rolesToGive(mine)
    if (!isOver(mine, person.role)) return html`<span class="quiet">${ROLE_WORDS[person.role]}</span>`
    return html`<select aria-label=${`Role of ${person.name}`} .value=${person.role} @change=${(event: Event) => this.#setRole(person, event)}>
      ${roles.map(role => html`<option value=${role} ?selected=${role === person.role}>${ROLE_WORDS[role]}</option>`)}
    </select>`
  }

  #device(device: DeviceRow, person: PersonRow, mine: Role | null) {
    const { name, since, isThis, invited } = device
    const came = invited ? `Since ${day(since)}` : `Made the workspace on ${day(since)}`
    const mayRemove =
      !isThis && (person.isMe || isOver(mine, person.role)) && (person.isMe || person.devices.length > 1)
    return html`<li class="row">
      <wa-icon name="device"></wa-icon>
      <div class="what"><strong>${name}</strong>${isThis ? html` <span class="badge">This device</span>` : nothing}<p>${came}</p></div>
      ${
        person.isMe
          ? html`<wa-button appearance="plain" @click=${() => {
              this.open = { dialog: 'name', person, device }
            }}>Rename<span class="unseen"> ${name}</span></wa-button>`
          : nothing
      }
      ${
        mayRemove
          ? html`<wa-button appearance="plain" @click=${() => {
              this.open = { dialog: 'remove', person, device }
            }}>Take out<span class="unseen"> ${name}</span>…</wa-button>`
          : nothing
      }
    </li>`
  }

  #person(person: PersonRow, mine: Role | null) {
    const { name, isMe, devices } = person
    return html`<li class="card person">
      <div class="row">
        <wa-icon name="people"></wa-icon>
        <div class="what"><strong>${name}</strong>${isMe ? html` <span class="badge">You</span>` : nothing}</div>
        ${this.#role(person, mine)}
        ${
          !isMe && isOver(mine, person.role)
            ? html`<wa-button appearance="plain" @click=${() => {
                this.open = { dialog: 'remove', person, device: null }
              }}>Remove<span class="unseen"> ${name}</span>…</wa-button>`
            : nothing
        }
      </div>
      <ul role="list" aria-label=${`Devices of ${name}`}>${repeat(
        devices,
        ({ device }) => device,
        device => this.#device(device, person, mine),
      )}</ul>
    </li>`
  }

  #invitation(invitation: InvitationRow, mine: Role | null) {
    const title = invitationTitle(invitation)
    const ended = hasRunOut(invitation, Date.now())
    return html`<li class="row">
      <wa-icon name=${invitation.isRecovery ? 'restore' : 'plus'}></wa-icon>
      <div class="what"><strong>${title}</strong><p>${invitationDetail(invitation, Date.now())}</p></div>
      ${
        invitation.isMine || isAdmin(mine)
          ? html`<wa-button appearance="plain" @click=${() =>
              this.#tell(
                { type: 'revoke-invitation', invitation: invitation.id },
                ended ? 'It is off the list.' : 'Nobody can come in with it any more.',
              )}>${ended ? 'Take off the list' : 'Take back'}<span class="unseen">: ${title}</span></wa-button>`
          : nothing
      }
    </li>`
  }

  #list(label: string, invitations: readonly InvitationRow[], mine: Role | null) {
    return html`<ul class="card" role="list" aria-label=${label}>${repeat(
      invitations,
      ({ id }) => id,
      invitation => this.#invitation(invitation, mine),
    )}</ul>`
  }

  #notices(value: PeopleValue) {
    const loss = lossWords(value)
    return html`
      ${value.role === null ? html`<p class="alarm" role="alert">This device was taken out of the workspace. What is here can still be read and exported; nothing new comes, and nothing goes out. To come back, ask to be invited again.</p>` : nothing}
      ${value.keysMissing ? html`<p class="warn" role="status">This device waits for the newest keys. It gets them as soon as another device is online.</p>` : nothing}
      ${value.rotationDue ? html`<p class="warn" role="status">Somebody who is out still has the keys of now. New ones are made as soon as the device of an owner or admin is online.</p>` : nothing}
      ${
        loss === null
          ? nothing
          : html`<div class="warn"><p>${loss}</p><wa-button appearance="outlined" @click=${() => {
              this.open = { dialog: 'recovery' }
            }}>Make a recovery key</wa-button></div>`
      }
      ${
        value.sync
          ? nothing
          : html`<div class="warn"><p>Sync is off, so nobody else can come in, and no other device of yours. What is here is lost with this device, but for what you export.</p><wa-button appearance="outlined" @click=${() => wish(this, { type: 'show-dialog', dialog: 'sync' })}>Turn on sync</wa-button></div>`
      }
      ${this.#task.failure ? html`<p class="alarm" role="alert">${this.#task.failure.message}</p>` : nothing}
    `
  }

  #inviting({ sync, role }: PeopleValue) {
    if (!sync || role === null) return nothing
    return html`<div class="tools">
      ${
        isAdmin(role)
          ? html`<wa-button variant="brand" @click=${() => {
              this.open = { dialog: 'invite', who: 'person' }
            }}><wa-icon slot="start" name="plus"></wa-icon>Invite a person</wa-button>`
          : nothing
      }
      <wa-button appearance="outlined" @click=${() => {
        this.open = { dialog: 'invite', who: 'device' }
      }}><wa-icon slot="start" name="device"></wa-icon>Add a device of yours</wa-button>
    </div>`
  }

  #keys({ sync, role }: PeopleValue) {
    if (!sync || role === null) return nothing
    return html`
      <section aria-labelledby="recovery"><h3 id="recovery">If all your devices are lost</h3>
        <p class="quiet">A recovery key on paper brings you back in. Without one, and without another device, only somebody else who runs this workspace can, by inviting you again.</p>
        <div><wa-button appearance="outlined" @click=${() => {
          this.open = { dialog: 'recovery' }
        }}>Make a recovery key…</wa-button></div></section>
      ${
        isAdmin(role)
          ? html`<section aria-labelledby="keys"><h3 id="keys">Keys</h3>
              <p class="quiet">When somebody is removed, everybody else gets new keys by themselves. If you suspect that somebody has keys that they should not have, make new ones now: what is written from then on can be read by the members only. What was written before cannot be called back.</p>
              <div><wa-button appearance="outlined" ?loading=${this.#task.busy} @click=${() => this.#tell({ type: 'rotate-keys' }, 'Everybody has new keys.')}>Make new keys now</wa-button></div></section>`
          : nothing
      }
    `
  }

  #all(value: PeopleValue) {
    const { people, invitations, role } = value
    const over = invitations.filter(invitation => hasRunOut(invitation, Date.now()))
    const open = invitations.filter(invitation => !over.includes(invitation))
    return html`
      ${this.#notices(value)}
      <section aria-labelledby="people"><h3 id="people">People</h3>
        <ul role="list" aria-label="People">${repeat(
          people,
          ({ person }) => person,
          person => this.#person(person, role),
        )}</ul>
        ${this.#inviting(value)}
        ${people.length > 1 || isAdmin(role) ? html`<p class="quiet">${Object.entries(ROLE_MEANS).map(([each, means], index) => html`${index > 0 ? ' · ' : ''}${ROLE_WORDS[each as Role]}: ${means}`)}</p>` : nothing}
      </section>
      ${
        open.length === 0
          ? nothing
          : html`<section aria-labelledby="invitations"><h3 id="invitations">Who may still come</h3>${this.#list('Invitations', open, role)}</section>`
      }
      ${
        over.length === 0
          ? nothing
          : html`<details><summary>${over.length === 1 ? 'One invitation has run out' : `${over.length} invitations have run out`}</summary>${this.#list('Invitations that have run out', over, role)}</details>`
      }
      ${this.#keys(value)}
    `
  }

  protected override render() {
    const { value, unavailable } = this.#people
    return html`
      <header>
        <wa-button appearance="plain" @click=${() => wish(this, { type: 'close-note' })}><wa-icon name="back" label="Back to the list"></wa-icon></wa-button>
        <h2 tabindex="-1">People and devices</h2>
      </header>
      <div class="page">
        ${unavailable ? html`<p class="alarm" role="alert">${unavailable}</p>` : value ? this.#all(value) : nothing}
      </div>
      <div class="dialogs" @wa-after-hide=${() => {
        this.open = null
      }}>${peopleDialog(this.open)}</div>
    `
  }
}

customElements.define('hf-people-page', PeoplePage)

declare global {
  interface HTMLElementTagNameMap {
    'hf-people-page': PeoplePage
  }
}
