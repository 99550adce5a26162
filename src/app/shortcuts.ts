export type Shortcut = 'new-note' | 'filter' | 'store' | 'leave'

interface Key {
  readonly key: string
  readonly code: string
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly altKey: boolean
  readonly isComposing: boolean
}

/** What a key means for the app as a whole. `typing`: the focus is where keys write text. */
export const shortcutFor = (event: Key, typing: boolean): Shortcut | null => {
  if (event.isComposing) return null
  const command = event.ctrlKey || event.metaKey
  // By its place, since with Alt many keyboards write another letter.
  if (command && event.altKey && event.code === 'KeyN') return 'new-note'
  if (command && !event.altKey && event.key.toLowerCase() === 's') return 'store'
  if (event.key === 'Escape') return 'leave'
  if (typing || command || event.altKey) return null
  if (event.key === 'n') return 'new-note'
  if (event.key === '/') return 'filter'
  return null
}

/** Whether an event began where keys write text, however deep in shadow roots. */
export const writesText = (event: Event): boolean =>
  event.composedPath().some(target => {
    if (!(target instanceof HTMLElement)) return false
    return target.isContentEditable || target.localName === 'input' || target.localName === 'textarea'
  })

/** Whether an event began in a dialog: its keys are its own. */
export const isInDialog = (event: Event): boolean =>
  event.composedPath().some(target => target instanceof HTMLElement && target.localName === 'wa-dialog')
