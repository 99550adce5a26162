/** What to say of notes that this device knows by name only. */
export const missingFromExport = (count: number): string =>
  count === 1
    ? 'One note is not in the export: its text has not arrived on this device yet. Wait until sync is done and export again.'
    : `${count.toLocaleString()} notes are not in the export: their texts have not arrived on this device yet. Wait until sync is done and export again.`
