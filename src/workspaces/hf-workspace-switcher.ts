import { css, html, LitElement, nothing } from 'lit'
import { live } from 'lit/directives/live.js'
import { repeat } from 'lit/directives/repeat.js'
import type { WorkspaceRow } from '../../protocol/views.ts'
import { type DialogName, wish } from '../app/events.ts'
import { baseStyles } from '../design/shared-styles.ts'
import { tileStyles, workspaceTile } from './workspace-tile.ts'
import { whatItIs } from './workspace-words.ts'

const ACTIONS: readonly (readonly [dialog: DialogName, icon: string, label: string])[] = [
  ['workspace', 'settings', 'Settings of this workspace'],
  ['new-workspace', 'plus', 'New workspace'],
  ['join', 'link', 'Join with an invitation'],
]

type Selected = CustomEvent<{ readonly item: { readonly value: string } }>

/** Says which workspace is shown, and shows another one. */
export class WorkspaceSwitcher extends LitElement {
  static override properties = { rows: { attribute: false } }

  static override styles = [
    baseStyles,
    tileStyles,
    css`
      :host { display: block; min-width: 0; }
      .trigger {
        display: flex; align-items: center; gap: 0.55rem; max-width: 100%; min-height: var(--hf-target); padding: 0 0.5rem 0 0.4rem;
        border: 0; border-radius: var(--hf-radius); background: transparent; cursor: pointer; text-align: start;
        font-size: 17px; font-weight: 680; letter-spacing: -0.015em; transition: background var(--hf-quick);
      }
      .trigger:hover, wa-dropdown[open] .trigger { background: var(--hf-hover); }
      .trigger wa-icon { font-size: 15px; color: var(--hf-ink-soft); }
      .name { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
      wa-dropdown:not(:defined) > :not(.trigger) { display: none; }
      wa-dropdown::part(menu) { min-width: 16rem; }
      wa-dropdown-item { min-height: var(--hf-target); font-size: 15px; font-weight: 500; letter-spacing: 0; }
      wa-dropdown-item .name { display: block; max-width: min(16rem, 62vw); font-weight: 600; }
      wa-dropdown-item small { display: block; color: var(--hf-ink-soft); font-size: 12.5px; font-weight: 400; }
      hr { border: 0; border-top: 1px solid var(--hf-line); margin: 0.3rem 0; }
    `,
  ]

  declare rows: readonly WorkspaceRow[]

  constructor() {
    super()
    this.rows = []
  }

  #selected({ detail }: Selected): void {
    const { value } = detail.item
    const action = ACTIONS.find(([dialog]) => dialog === value)
    if (action) wish(this, { type: 'show-dialog', dialog: action[0] })
    else if (this.rows.find(({ id }) => id === value)?.current === false)
      wish(this, { type: 'switch-workspace', target: value })
    this.requestUpdate() // the menu has ticked what was chosen; what is shown is ticked once it is shown
  }

  /** The code of menus comes a moment after the page; from then on they open by themselves. */
  async #openOnceThere({ currentTarget }: Event): Promise<void> {
    if (customElements.get('wa-dropdown')) return
    await customElements.whenDefined('wa-dropdown')
    const menu = (currentTarget as HTMLElement).closest('wa-dropdown')
    if (menu) menu.open = true
  }

  protected override render() {
    const current = this.rows.find(row => row.current)
    if (!current) return nothing
    return html`<wa-dropdown placement="bottom-start" @wa-select=${this.#selected}>
      <button
        slot="trigger"
        class="trigger"
        type="button"
        aria-label="Workspace: ${current.name}"
        @click=${this.#openOnceThere}
      >
        ${workspaceTile(current)}<span class="name">${current.name}</span><wa-icon name="chevron-down"></wa-icon>
      </button>
      ${repeat(
        this.rows,
        ({ id }) => id,
        row => html`<wa-dropdown-item type="checkbox" value=${row.id} .checked=${live(row.current)}
          ><span slot="icon">${workspaceTile(row)}</span><span class="name">${row.name}</span
          ><small>${whatItIs(row)}</small></wa-dropdown-item
        >`,
      )}
      <hr />
      ${ACTIONS.map(
        ([dialog, icon, label]) =>
          html`<wa-dropdown-item value=${dialog}><wa-icon slot="icon" name=${icon}></wa-icon>${label}</wa-dropdown-item>`,
      )}
    </wa-dropdown>`
  }
}

customElements.define('hf-workspace-switcher', WorkspaceSwitcher)

declare global {
  interface HTMLElementTagNameMap {
    'hf-workspace-switcher': WorkspaceSwitcher
  }
}
