import { css } from 'lit'

/** Native fields in the look of the library's. */
export const formStyles = css`
  form, fieldset { display: grid; gap: 0.9rem; margin: 0; padding: 0; border: 0; min-width: 0; }
  .field { display: grid; gap: 0.3rem; font-weight: 550; }
  legend { padding: 0; margin-bottom: 0.35rem; font-weight: 550; }
  select {
    font: inherit; font-weight: 400; color: inherit; min-height: var(--hf-target); padding: 0 0.7rem; max-width: 100%;
    border: 1px solid var(--hf-line-strong); border-radius: var(--hf-radius); background: var(--hf-raised);
  }
  .choice { display: flex; gap: 0.6rem; align-items: baseline; font-weight: 400; }
  .choice input { flex: none; accent-color: var(--hf-accent); translate: 0 0.1em; width: 1.05rem; height: 1.05rem; margin: 0; }
  /* For those who hear the page and do not see what a button stands beside. */
  .unseen { color: var(--hf-ink); position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: pre; }
  .warn { padding: 0.8rem 1rem; border-radius: var(--hf-radius); background: var(--hf-warn-wash); color: var(--hf-warn); }
`
