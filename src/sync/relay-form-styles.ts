import { css } from 'lit'

/** What the forms about relays share. */
export const relayFormStyles = css`
  form { display: grid; gap: 0.9rem; padding: 1rem; }
  .check { display: grid; grid-template-columns: auto 1fr; gap: 0.1rem 0.6rem; align-items: start; }
  .check input { width: 1.1rem; height: 1.1rem; margin: 0.2rem 0 0; accent-color: var(--hf-accent); }
  .check .quiet { grid-column: 2; }
  .end { display: flex; justify-content: flex-end; gap: 0.5rem; }
`
