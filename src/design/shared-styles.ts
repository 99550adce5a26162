import { css } from 'lit'

/** What every element starts from. */
export const baseStyles = css`
  :host { box-sizing: border-box; }
  :host([hidden]) { display: none !important; }
  *, *::before, *::after { box-sizing: inherit; }
  a, button, input { font: inherit; color: inherit; }
  h1, h2, h3, p, ul { margin: 0; padding: 0; }
  ul { list-style: none; }
  wa-icon { font-size: 1.2em; flex: none; }
  /* The library's gaps are made for larger letters. */
  wa-button > wa-icon[slot='start'] { margin-inline: -0.2em 0.4em; }
  wa-input > wa-icon[slot='start'] { margin-inline-end: 0.6em; }
  @media (prefers-reduced-motion: reduce) { wa-dropdown-item { transition: none; } }
  :focus-visible { outline: 2px solid var(--hf-accent); outline-offset: 2px; }
  p.alarm { padding: 0.7rem 0.9rem; border-radius: var(--hf-radius); background: var(--hf-alarm-wash); color: var(--hf-alarm); }
  kbd {
    display: inline-block; min-width: 1.5em; padding: 0 0.4em; border: 1px solid var(--hf-line-strong);
    border-radius: 5px; font: 0.85em/1.6 var(--hf-font-ui); text-align: center; color: var(--hf-ink-soft);
  }
`

/** An alarm over the whole width of the page. */
export const alarmBarStyles = css`
  .bar {
    display: flex; flex-wrap: wrap; align-items: center; gap: 0.75rem; padding: 0.7rem 1.1rem;
    background: var(--hf-alarm-wash); color: var(--hf-alarm); border-bottom: 1px solid var(--hf-alarm);
  }
  .bar > .words { flex: 1 1 18rem; }
  .bar > wa-icon { font-size: 20px; flex: none; }
`

export const dialogStyles = css`
  wa-dialog { --width: 30rem; --spacing: 1.5rem; }
  wa-dialog::part(dialog) { border: 1px solid var(--hf-line); border-radius: 16px; box-shadow: var(--hf-shadow); }
  wa-dialog::part(title) { font-size: 19px; letter-spacing: -0.01em; }
  wa-dialog::part(body) { padding-top: 0.75rem; }
  .stack { display: grid; gap: 1rem; }
  .quiet { color: var(--hf-ink-soft); }
  .row { display: flex; gap: 0.5rem; align-items: center; flex-wrap: wrap; }
  .row.end { justify-content: flex-end; }
  hr { border: 0; border-top: 1px solid var(--hf-line); margin: 0.5rem 0; width: 100%; }
`
