import { css } from 'lit'

/** A list of what becomes of each thing, before a person says yes. */
export const outcomeStyles = css`
  dl { display: grid; gap: 0.75rem; margin: 0; }
  dt { font-weight: 620; }
  dd { margin: 0; color: var(--hf-ink-soft); }
`
