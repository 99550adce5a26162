import { expect, it } from 'vitest'
import { archiveName } from '../../../src/transfer/download.ts'
import { importSummary } from '../../../src/transfer/import-report.ts'

const nothing = { cancelled: false, added: 0, updated: 0, unchanged: 0, failed: [] }

it('reports what became of an import', () => {
  expect(importSummary({ ...nothing, added: 1, unchanged: 2, failed: [{ path: 'a', reason: 'b' }] })).toBe(
    '1 note added, 2 notes were here already, 1 file could not be read.',
  )
  expect(importSummary(nothing)).toBe('There was nothing to import.')
  expect(importSummary({ ...nothing, cancelled: true, added: 3 })).toBe('Cancelled. 3 notes added.')
})

it('names an archive by the day', () => {
  expect(archiveName(new Date(2026, 0, 5))).toBe('holdfast-2026-01-05.zip')
})
