import { type DocumentId, isDocumentId } from '../../protocol/ids.ts'
import { INVITATION_FRAGMENT } from '../../protocol/invitation-link.ts'

const NOTE_FRAGMENT = '#note='

/** The note that the address names, or null. */
export const noteInAddress = (hash: string): DocumentId | null => {
  const id = hash.startsWith(NOTE_FRAGMENT) ? hash.slice(NOTE_FRAGMENT.length) : ''
  return isDocumentId(id) ? id : null
}

const PAGES = ['sync', 'vault', 'people'] as const

/** What can stand in the place of a note. */
export type PageName = (typeof PAGES)[number]

/** The page that the address names, or null. */
export const pageInAddress = (hash: string): PageName | null =>
  PAGES.find(page => hash === `#${page}`) ?? null

export const addressOfPage = (page: PageName): string => `/#${page}`

export const addressOfNote = (note: DocumentId | null): string =>
  note === null ? '/' : `/${NOTE_FRAGMENT}${note}`

/** Whether the person chose "New note" from the app's icon. */
export const asksForNewNote = (search: string): boolean => new URLSearchParams(search).has('new')

interface Place {
  readonly location: { readonly href: string; readonly hash: string }
  readonly history: { replaceState(data: null, unused: string, address: string): void }
}

/**
 * An invitation in the address, whole. Its secret is out of the address bar and the history before anything else
 * happens, so that no picture of the screen and no later visitor finds it there.
 */
export const takeInvitation = ({ location, history }: Place): string | null => {
  if (!location.hash.startsWith(INVITATION_FRAGMENT)) return null
  const link = location.href
  history.replaceState(null, '', '/')
  return link
}
