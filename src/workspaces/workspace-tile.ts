import { css, html } from 'lit'
import type { WorkspaceLook } from '../../protocol/workspace-look.ts'

/** A workspace's colour with the first letter of its name, so that colour alone never has to tell two apart. */
export const workspaceTile = ({ name, colour }: WorkspaceLook) =>
  html`<span class="tile ${colour}" aria-hidden="true">${[...name][0]?.toUpperCase() ?? ''}</span>`

export const tileStyles = css`
  .tile {
    display: inline-grid; place-content: center; width: 26px; height: 26px; flex: none; border-radius: 7px;
    background: var(--tile); color: var(--hf-on-accent); font-size: 14px; font-weight: 680; line-height: 1; letter-spacing: 0;
  }
  .green { --tile: var(--hf-tile-green); }
  .blue { --tile: var(--hf-tile-blue); }
  .violet { --tile: var(--hf-tile-violet); }
  .rose { --tile: var(--hf-tile-rose); }
  .orange { --tile: var(--hf-tile-orange); }
  .grey { --tile: var(--hf-tile-grey); }
`
