import { css, html, LitElement, svg } from 'lit'
import type { ChartPoint } from '../../protocol/sync.ts'
import { baseStyles } from '../design/shared-styles.ts'
import { dots, roundTop, stepPath } from './chart-path.ts'

const WIDTH = 300
const HEIGHT = 64
const FRAME_MS = 5 * 60_000

/** A few minutes of one figure. What it shows is said in words beside it, so the drawing itself is not read out. */
export class Chart extends LitElement {
  static override properties = {
    heading: {},
    words: {},
    points: { attribute: false },
    now: { attribute: false },
    least: { attribute: false },
    unit: {},
    kind: {},
  }

  static override styles = [
    baseStyles,
    css`
      :host { display: grid; grid-template-rows: auto auto 1fr; gap: 0.15rem; padding: 0.9rem 1rem 0.8rem; border: 1px solid var(--hf-line); border-radius: 12px; background: var(--hf-raised); min-width: 0; }
      h4 { margin: 0; font-size: 14px; font-weight: 600; }
      p { font-size: 13.5px; color: var(--hf-ink-soft); font-variant-numeric: tabular-nums; }
      figure { position: relative; margin: 0.6rem 0 0; align-self: end; }
      svg { display: block; width: 100%; height: 64px; overflow: visible; }
      .base { stroke: var(--hf-line); }
      .line { fill: none; stroke: var(--hf-accent); stroke-width: 1.6; stroke-linejoin: round; vector-effect: non-scaling-stroke; }
      .area { fill: var(--hf-accent-wash); stroke: none; }
      .dot { stroke: var(--hf-accent); stroke-width: 5; stroke-linecap: round; vector-effect: non-scaling-stroke; }
      .scale { position: absolute; top: -0.35rem; right: 0; font-size: 11.5px; color: var(--hf-ink-soft); font-variant-numeric: tabular-nums; }
      .times { display: flex; justify-content: space-between; font-size: 11.5px; color: var(--hf-ink-soft); padding-top: 0.25rem; }
    `,
  ]

  declare heading: string
  /** What the drawing shows. */
  declare words: string
  declare points: readonly ChartPoint[]
  declare now: number
  /** The scale shows at least this much. */
  declare least: number
  declare unit: string
  declare kind: 'steps' | 'dots'

  protected override render() {
    const { points, now, least } = this
    const top = roundTop(points, least)
    const frame = { begin: now - FRAME_MS, end: now, top, width: WIDTH, height: HEIGHT }
    const path = this.kind === 'steps' ? stepPath(points, frame) : ''
    const start = path.slice(1, path.indexOf(' '))
    return html`
      <h4>${this.heading}</h4>
      <p>${this.words}</p>
      <figure aria-hidden="true">
        <span class="scale">${top} ${this.unit}</span>
        <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none">
          ${svg`<path class="base" d="M0 ${HEIGHT}H${WIDTH}" vector-effect="non-scaling-stroke" />`}
          ${path ? svg`<path class="area" d="${path}V${HEIGHT}H${start}Z" /><path class="line" d=${path} />` : ''}
          ${
            this.kind === 'dots'
              ? dots(points, frame).map(([x, y]) => svg`<path class="dot" d="M${x} ${y}h0.01" />`)
              : ''
          }
        </svg>
        <div class="times"><span>5 min ago</span><span>now</span></div>
      </figure>
    `
  }
}

customElements.define('hf-chart', Chart)

declare global {
  interface HTMLElementTagNameMap {
    'hf-chart': Chart
  }
}
