import * as Y from 'yjs'
import { FIRST_ROWS } from '../../src/notes/first-rows.ts'
import { type Connection, connect } from './connect.ts'

export interface Summary {
  readonly title: string
  readonly excerpt: string
  /** Milliseconds since 1970. */
  readonly updated: number
}

export interface Home {
  readonly doc: Y.Doc
  readonly notes: Y.Map<Summary>
  readonly connection: Connection
}

const rowOf = (id: string, { title, excerpt }: Summary): HTMLElement => {
  const row = document.createElement('li')
  const link = document.createElement('a')
  link.href = `#note=${id}`
  link.dataset.note = id
  const [top, below] = [document.createElement('span'), document.createElement('span')]
  top.className = 'title'
  top.textContent = title
  below.className = 'excerpt'
  below.textContent = excerpt
  link.append(top, below)
  row.append(link)
  return row
}

const draw = (list: HTMLElement, notes: Y.Map<Summary>): void => {
  const newestFirst = [...notes.entries()].sort(([, a], [, b]) => b.updated - a.updated)
  list.replaceChildren(...newestFirst.slice(0, FIRST_ROWS.limit).map(([id, summary]) => rowOf(id, summary)))
}

/**
 * The list of notes: a document of its own, drawn whenever it changes, at most once a frame, with as many rows as
 * Holdfast draws first.
 */
export const openHome = (): Home => {
  const list = document.querySelector<HTMLElement>('#list')!
  const doc = new Y.Doc()
  const notes = doc.getMap<Summary>('notes')
  const connection = connect('home', doc)
  let due = false
  notes.observe(() => {
    if (due) return
    due = true
    requestAnimationFrame(() => {
      due = false
      draw(list, notes)
    })
  })
  return { doc, notes, connection }
}
