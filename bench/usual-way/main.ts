import { openHome } from './home.ts'
import { openNote } from './note.ts'
import { seed } from './seed.ts'

/**
 * What people build today: every tab has a Y.Doc for the list and one for the note that is open, each with y-indexeddb
 * and y-websocket. `?one` has all notes in the one document instead, which is simpler, and usual too.
 */
const oneDocument = new URLSearchParams(location.search).has('one')
const home = openHome()
const editor = document.querySelector<HTMLElement>('#editor')!
let close: () => void = () => {}

const open = (): void => {
  const id = /^#note=(.+)$/.exec(location.hash)?.[1]
  close()
  close = id === undefined ? () => {} : openNote(editor, home, id, oneDocument)
}
window.addEventListener('hashchange', open)
open()
void navigator.serviceWorker.register('/sw.js')
Reflect.set(window, 'seed', seed(home, oneDocument))
