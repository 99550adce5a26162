import { css } from 'lit'
import { cardStyles } from './card-styles.ts'
import { baseStyles } from './shared-styles.ts'

/** Of what stands in the place of a note: a head, and sections with cards below it. */
export const pageStyles = [
  baseStyles,
  cardStyles,
  css`
    :host { display: grid; grid-template-rows: auto minmax(0, 1fr); height: 100%; min-height: 0; }
    header { display: flex; align-items: center; gap: 0.25rem; min-height: 3.9rem; padding: 0.6rem 0.9rem; }
    h2 { font-size: 17px; font-weight: 680; letter-spacing: -0.015em; }
    h2:focus-visible { outline: none; }
    .page { overflow: auto; padding: 0.5rem var(--hf-page-side) 4rem; display: grid; align-content: start; gap: 2.1rem; justify-items: center; }
    .page > * { width: min(100%, var(--hf-measure)); }
    section { display: grid; gap: 0.7rem; }
    .id { font-family: var(--hf-font-mono); font-size: 0.92em; }
    .good { color: var(--hf-accent-ink); font-size: 14px; }
    .row > span:last-child { flex: none; max-width: 45%; text-align: right; }
    .link { background: none; border: 0; padding: 0; min-height: 2rem; cursor: pointer; color: var(--hf-accent-ink); }
    .link:hover { text-decoration: underline; text-underline-offset: 3px; }
    .charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 16rem), 1fr)); gap: 0.8rem; }
    textarea { width: 100%; padding: 0.75rem; border: 1px solid var(--hf-line); border-radius: var(--hf-radius); background: var(--hf-wash); color: inherit; font: 12.5px/1.5 var(--hf-font-mono); }
  `,
]
