import { css } from 'lit'
import { baseStyles } from '../design/shared-styles.ts'

export const appStyles = [
  baseStyles,
  css`
    :host { display: block; height: 100dvh; overflow: hidden; background: var(--hf-paper); }
    .app {
      display: grid; height: 100%;
      grid-template: 'alarm alarm' auto 'side main' minmax(0, 1fr) 'status main' auto / minmax(18rem, 23rem) minmax(0, 1fr);
      padding: env(safe-area-inset-top) env(safe-area-inset-right) env(safe-area-inset-bottom) env(safe-area-inset-left);
    }
    .side { grid-area: side; min-height: 0; display: grid; border-right: 1px solid var(--hf-line); }
    main { grid-area: main; position: relative; min-height: 0; min-width: 0; background: var(--hf-paper); }
    hf-sync-bar, .status { grid-area: status; }
    .status { min-height: calc(var(--hf-target) + 0.8rem + 1px); border-right: 1px solid var(--hf-line); border-top: 1px solid var(--hf-line); background: var(--hf-side); }
    .alarms { grid-area: alarm; }
    .floating {
      position: fixed; z-index: 5; right: 1.25rem; bottom: calc(1.25rem + env(safe-area-inset-bottom));
      display: grid; gap: 0.6rem; justify-items: end; max-width: calc(100vw - 2.5rem);
    }
    .progress {
      width: min(24rem, calc(100vw - 2.5rem)); padding: 0.75rem 0.75rem 0.75rem 1.1rem; border-radius: 12px;
      background: var(--hf-raised); border: 1px solid var(--hf-line); box-shadow: var(--hf-shadow);
    }
    .drop {
      position: fixed; inset: 0.75rem; z-index: 10; display: grid; place-content: center; border-radius: 16px;
      border: 2px dashed var(--hf-accent); background: color-mix(in oklab, var(--hf-accent-wash) 88%, transparent);
      color: var(--hf-accent-ink); font-size: 1.4rem; font-weight: 650; pointer-events: none;
    }
    @media (width <= 45rem) {
      .app { grid-template: 'alarm' auto 'page' minmax(0, 1fr) 'status' auto / minmax(0, 1fr); }
      .side, main { grid-area: page; border: 0; }
      .status { border-right: 0; }
      .app:not(.reading) main, .app.reading .side { display: none; }
      .floating { right: 0.75rem; left: 0.75rem; bottom: 4.25rem; max-width: none; justify-items: stretch; }
    }
  `,
]
