import { parseSync } from 'rolldown/utils'

/** A source without what makes no difference to its meaning: comments, line breaks, trailing commas. */
export const essence = (source: string): string => {
  const { comments } = parseSync('source.ts', source)
  let text = ''
  let at = 0
  for (const { start, end } of comments) {
    text += source.slice(at, start)
    at = end
  }
  return (text + source.slice(at))
    .replace(/\s+/g, ' ')
    .replace(/ ?([^\w$"'`]) ?/g, '$1')
    .replace(/,([)\]}])/g, '$1')
    .trim()
}
