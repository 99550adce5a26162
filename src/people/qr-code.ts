import { generate } from 'lean-qr'

const SVG = 'http://www.w3.org/2000/svg'
/** Light modules around the code, which readers need. */
const QUIET_ZONE = 4

/** A text as a QR code, dark on light in any theme, made of elements so that no markup is parsed. */
export const qrCode = (text: string, label: string): SVGSVGElement => {
  const code = generate(text)
  const side = code.size + 2 * QUIET_ZONE
  let path = ''
  for (let y = 0; y < code.size; y++) {
    for (let x = 0; x < code.size; x++) {
      if (code.get(x, y)) path += `M${x + QUIET_ZONE} ${y + QUIET_ZONE}h1v1h-1z`
    }
  }
  const svg = document.createElementNS(SVG, 'svg')
  svg.setAttribute('viewBox', `0 0 ${side} ${side}`)
  svg.setAttribute('role', 'img')
  svg.setAttribute('aria-label', label)
  svg.setAttribute('shape-rendering', 'crispEdges')
  for (const [d, fill] of [
    [`M0 0h${side}v${side}h-${side}z`, '#ffffff'],
    [path, '#12211c'],
  ] as const) {
    const element = document.createElementNS(SVG, 'path')
    element.setAttribute('d', d)
    element.setAttribute('fill', fill)
    svg.append(element)
  }
  return svg
}
