import type { Summary } from './home.ts'

const EXCERPT_LENGTH = 160

export const summaryOf = (text: string, updated = Date.now()): Summary => {
  const [first = '', ...others] = text.slice(0, 2 * EXCERPT_LENGTH).split('\n')
  return { title: first.replace(/^#+ /, ''), excerpt: others.join(' ').slice(0, EXCERPT_LENGTH), updated }
}
