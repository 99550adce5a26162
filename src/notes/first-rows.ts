/**
 * What the list shows first: more rows than a screen has, and no more, so that a page that opens draws nothing that
 * nobody sees. The rest follows at once.
 */
export const FIRST_ROWS = { view: 'notes', place: 'notes', filter: '', limit: 24 } as const
