import { registerIconLibrary } from '@awesome.me/webawesome/dist/components/icon/library.js'
import { ICON_PATHS } from './icon-paths.ts'

const SVG = 'http://www.w3.org/2000/svg'
const LINES = {
  fill: 'none',
  stroke: 'currentColor',
  'stroke-width': '1.6',
  'stroke-linecap': 'round',
  'stroke-linejoin': 'round',
}
/** Dots: they are as large as their line is wide. */
const BOLD = 'more'

const newPath = (svg: Element): Element => {
  const path = document.createElementNS(SVG, 'path')
  for (const [name, value] of Object.entries(LINES)) path.setAttribute(name, value)
  svg.append(path)
  return path
}

/**
 * The library asks for a sheet of drawings and names one in it by a `use` element, which it keeps when the name changes.
 * The drawing itself is put beside it: a sheet would be a document of its own for each name, fetched and parsed.
 */
const draw = (svg: Element): void => {
  const name = svg.querySelector('use')?.getAttribute('href')?.slice(1) ?? ''
  // Without it the drawing is 300 pixels wide, and takes the clicks of its neighbours.
  svg.setAttribute('viewBox', '0 0 24 24')
  const path = svg.querySelector('path') ?? newPath(svg)
  path.setAttribute('d', ICON_PATHS[name] ?? '')
  path.setAttribute('stroke-width', name === BOLD ? '2.4' : LINES['stroke-width'])
}

// Both must be ours, or the library fetches icons from a server that is not this one.
for (const library of ['default', 'system'])
  registerIconLibrary(library, { resolver: name => `#${name}`, spriteSheet: true, mutator: draw })
