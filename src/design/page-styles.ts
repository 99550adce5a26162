import { css } from 'lit'
import { baseStyles } from './shared-styles.ts'

/** Of what stands in the place of a note: a head, and sections with cards below it. */
export const pageStyles = [
  baseStyles,
  css`
    :host { display: grid; grid-template-rows: auto minmax(0, 1fr); height: 100%; min-height: 0; }
    header { display: flex; align-items: center; gap: 0.25rem; min-height: 3.9rem; padding: 0.6rem 0.9rem; }
    h2 { font-size: 17px; font-weight: 680; letter-spacing: -0.015em; }
    h2:focus-visible { outline: none; }
    h3 { font-size: 15px; font-weight: 650; letter-spacing: -0.005em; }
    .page { overflow: auto; padding: 0.5rem var(--hf-page-side) 4rem; display: grid; align-content: start; gap: 2.1rem; justify-items: center; }
    .page > * { width: min(100%, var(--hf-measure)); }
    section { display: grid; gap: 0.7rem; }
    .card { border: 1px solid var(--hf-line); border-radius: 12px; background: var(--hf-raised); }
    .row { display: flex; align-items: center; gap: 0.8rem; padding: 0.75rem 1rem; min-height: 3.4rem; }
    .row + .row { border-top: 1px solid var(--hf-line); }
    .row > i { width: 9px; height: 9px; flex: none; margin: 0 0.3rem; border-radius: 50%; background: var(--hf-accent); }
    .row > i.busy { background: transparent; box-shadow: inset 0 0 0 2px var(--hf-accent); }
    .row > i.warn { background: var(--hf-warn); }
    .row > i.alarm { background: var(--hf-alarm); }
    .row > wa-icon { color: var(--hf-ink-soft); }
    .what { flex: 1; min-width: 0; overflow-wrap: anywhere; text-align: left; }
    .what p, .quiet { color: var(--hf-ink-soft); font-size: 14px; }
    strong { font-weight: 600; }
    .id { font-family: var(--hf-font-mono); font-size: 0.92em; }
    .badge { margin-left: 0.35rem; padding: 0.1rem 0.5rem; border-radius: 99px; background: var(--hf-accent-wash); color: var(--hf-accent-ink); font-size: 12.5px; font-weight: 550; white-space: nowrap; }
    .good { color: var(--hf-accent-ink); font-size: 14px; }
    .row > span:last-child { flex: none; max-width: 45%; text-align: right; }
    .link { background: none; border: 0; padding: 0; min-height: 2rem; cursor: pointer; color: var(--hf-accent-ink); }
    .link:hover { text-decoration: underline; text-underline-offset: 3px; }
    .charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 16rem), 1fr)); gap: 0.8rem; }
    textarea { width: 100%; padding: 0.75rem; border: 1px solid var(--hf-line); border-radius: var(--hf-radius); background: var(--hf-wash); color: inherit; font: 12.5px/1.5 var(--hf-font-mono); }
  `,
]
