import { describe, expect, it } from 'vitest'
import type { NoteRow } from '../../../protocol/views.ts'
import { applyNotes } from '../../../src/views/reducers.ts'

const row = (id: string, title = id): NoteRow => ({ id, title, excerpt: '', folder: '', updated: 0 })
const value = { rows: [row('a'), row('b')], total: 2, all: 2 }

describe('the list of notes', () => {
  it('shows a changed row where it was', () => {
    const after = applyNotes(value, { rows: [row('b', 'new')], total: 2, all: 2 })
    expect(after?.rows.map(({ title }) => title)).toEqual(['a', 'new'])
  })

  it('takes a new order, and drops rows that are not in it', () => {
    const after = applyNotes(value, { rows: [row('c')], order: ['c', 'a'], total: 2, all: 3 })
    expect(after?.rows.map(({ id }) => id)).toEqual(['c', 'a'])
    expect(after?.all).toBe(3)
  })

  it('gives up where the order names a row that it does not have', () => {
    expect(applyNotes(value, { rows: [], order: ['a', 'x'], total: 2, all: 2 })).toBeUndefined()
  })
})
