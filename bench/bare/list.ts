import { FIRST_ROWS } from '../../src/notes/first-rows.ts'
import { openList, storeList } from './stored-list.ts'

/**
 * As little as shows a list of notes from the disk: one value of IndexedDB, with `?sealed` one that is encrypted. It
 * draws as many rows as Holdfast does first.
 */

const sealed = new URLSearchParams(location.search).has('sealed')
const drawn = (await openList(sealed)).slice(0, FIRST_ROWS.limit).map(({ id, title }) => {
  const row = document.createElement('li')
  const link = document.createElement('a')
  link.dataset.note = id
  link.textContent = title
  row.append(link)
  return row
})
document.querySelector('ul')!.replaceChildren(...drawn)
void navigator.serviceWorker.register('/sw.js')
Reflect.set(window, 'seed', storeList(sealed))
