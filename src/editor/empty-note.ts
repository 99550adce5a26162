/** What the field for a note's text is called, and what stands in it while it is empty. */
export const NOTE_TEXT = 'Note text'
export const WRITE_HERE = 'Write something…'
