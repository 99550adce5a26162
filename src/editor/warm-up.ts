import { Text } from '@codemirror/state'
import { createCollabView } from './collab-view.ts'
import { noteExtensions } from './note-extensions.ts'

const PARAGRAPH = 'Words, *more* words and **most** of them, with [a link](https://example.org) and `code`.'
const SAMPLE = [
  '# Title',
  ...Array.from({ length: 40 }, () => PARAGRAPH),
  '- [ ] a task',
  '1. first',
  '> quoted',
  '```',
  'code',
  '```',
]

const hidden = (page: Document): HTMLElement => {
  const place = page.createElement('div')
  place.inert = true
  Object.assign(place.style, { position: 'fixed', inset: '0', visibility: 'hidden', contain: 'strict' })
  return place
}

/**
 * Makes an editor that nobody sees, has it drawn once and throws it away: the first editor of a page runs code that was
 * never run before, and takes three times as long as the next.
 */
export const warmUp = (page: Document): void => {
  const place = hidden(page)
  const root = place.attachShadow({ mode: 'open' })
  const surface = createCollabView({
    editor: '',
    extensions: noteExtensions(() => undefined),
    root,
    onChange: () => undefined,
    onEdited: () => undefined,
  })
  const view = surface.open(Text.of(SAMPLE), 0, true)
  root.append(view.dom)
  page.body.append(place)
  const clear = (): void => {
    view.destroy()
    place.remove()
  }
  // Drawn, and not in the middle of it: an editor must not be ended while it measures itself.
  view.requestMeasure({ read: () => setTimeout(clear) })
}
