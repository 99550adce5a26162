import { css } from 'lit'

/** Lists of things with a state, each in a row of its own. */
export const cardStyles = css`
  h3 { font-size: 15px; font-weight: 650; letter-spacing: -0.005em; }
  .card { border: 1px solid var(--hf-line); border-radius: 12px; background: var(--hf-raised); }
  .row { display: flex; align-items: center; gap: 0.2rem 0.8rem; padding: 0.75rem 1rem; min-height: 3.4rem; }
  @media (width <= 45rem) { .row { column-gap: 0.6rem; padding-inline: 0.8rem; } }
  .row + .row { border-top: 1px solid var(--hf-line); }
  .row > i { width: 9px; height: 9px; flex: none; margin: 0 0.3rem; border-radius: 50%; background: var(--hf-accent); }
  .row > i.busy { background: transparent; box-shadow: inset 0 0 0 2px var(--hf-accent); }
  .row > i.warn { background: var(--hf-warn); }
  .row > i.alarm { background: var(--hf-alarm); }
  .row > i.unused { background: transparent; box-shadow: inset 0 0 0 2px var(--hf-line-strong); }
  .row > wa-icon { color: var(--hf-ink-soft); }
  .what { flex: 1; min-width: 0; overflow-wrap: anywhere; text-align: left; }
  .what p, .quiet { color: var(--hf-ink-soft); font-size: 14px; }
  strong { font-weight: 600; }
  .badge { padding: 0.1rem 0.5rem; border-radius: 99px; background: var(--hf-accent-wash); color: var(--hf-accent-ink); font-size: 12.5px; font-weight: 550; white-space: nowrap; }
`
