import type { ImportReport } from '../../protocol/commands.ts'

const notes = (count: number) => `${count.toLocaleString()} ${count === 1 ? 'note' : 'notes'}`

/** What became of an import, in one sentence or two. */
export const importSummary = ({ cancelled, added, updated, unchanged, failed }: ImportReport): string => {
  const parts = [
    added > 0 ? `${notes(added)} added` : null,
    updated > 0 ? `${notes(updated)} brought up to date` : null,
    unchanged > 0 ? `${notes(unchanged)} ${unchanged === 1 ? 'was' : 'were'} here already` : null,
    failed.length > 0
      ? `${failed.length.toLocaleString()} ${failed.length === 1 ? 'file' : 'files'} could not be read`
      : null,
  ].filter(part => part !== null)
  const what = parts.length === 0 ? 'There was nothing to import.' : `${parts.join(', ')}.`
  return cancelled ? `Cancelled. ${parts.length === 0 ? 'Nothing was imported.' : what}` : what
}
