/** A whole tag or comment, as far as the pictures of the bench use what XML has. */
const TAG = /<(\/?)([a-zA-Z]+)((?:\s+[a-zA-Z][\w:-]*="[^"<&]*(?:&(?:amp|lt|gt|quot);[^"<&]*)*")*)\s*(\/?)>/y
const TEXT = /(?:[^<&]|&(?:amp|lt|gt|quot);)+/y

/** Says what is wrong with an SVG picture: it is no well-formed XML, or shows a number that is none. Null for nothing. */
export const whatIsWrong = (svg: string): string | null => {
  const open: string[] = []
  let at = 0
  const step = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at
    const found = pattern.exec(svg)
    if (found) at += found[0].length
    return found
  }
  while (at < svg.length) {
    if (step(TEXT)) continue
    const tag = step(TAG)
    if (!tag) return `no tag: ${svg.slice(at, at + 80)}`
    const [, closing, name = '', , empty] = tag
    if (closing) {
      if (open.pop() !== name) return `closes what is not open: ${name}`
    } else if (!empty) open.push(name)
    if (open.length === 0 && svg.slice(at).trim() !== '')
      return `more than one picture: ${svg.slice(at, at + 80)}`
  }
  if (open.length > 0) return `not closed: ${open.join(', ')}`
  return /NaN|Infinity|undefined/.exec(svg)?.[0] ?? null
}
