import type { VaultKind, VaultOutcomes, VaultProblem, VaultRow } from '../../protocol/vault.ts'
import type { Cleared } from './secret-clipboard.ts'

export const KIND_WORDS: Readonly<Record<VaultKind, string>> = {
  password: 'Password',
  key: 'Key',
  note: 'Note to nobody',
}

/** What the main field of an entry holds. */
export const VALUE_WORDS: Readonly<Record<VaultKind, string>> = {
  password: 'Password',
  key: 'Key',
  note: 'Text',
}

export const KIND_ICONS: Readonly<Record<VaultKind, string>> = {
  password: 'lock',
  key: 'key',
  note: 'secret-note',
}

export const PROBLEM_WORDS: Readonly<Record<VaultProblem, string>> = {
  'other-device': 'Sealed by another device, not readable here',
  'unknown-key': 'Sealed with a key that this device does not have',
  damaged: 'Changed by something other than Holdfast, not readable',
}

export const titleOf = ({ title, problem }: Pick<VaultRow, 'title' | 'problem'>): string =>
  title || (problem ? 'Not readable here' : 'Without a title')

/** The host of an address, or what stands there instead of one. */
export const hostOf = (url: string): string => {
  const address = /^[\w-]+(\.[\w-]+)+(\/|$)/.test(url) ? `https://${url}` : url
  return URL.canParse(address) && new URL(address).host ? new URL(address).host : url
}

/** What a link may lead to; null where the text is no address of a web page. */
export const linkOf = (url: string): string | null => {
  const address = /^[\w-]+(\.[\w-]+)+(\/|$)/.test(url) ? `https://${url}` : url
  if (!URL.canParse(address)) return null
  const { protocol, href } = new URL(address)
  return protocol === 'https:' || protocol === 'http:' ? href : null
}

/** What tells an entry from others of the same title, in a line. */
export const detailOf = ({ username, url, problem }: VaultRow): string =>
  problem ? PROBLEM_WORDS[problem] : [username, url && hostOf(url)].filter(Boolean).join(' · ')

/** Of an entry of which all that was written at the same time is kept. */
export const SEVERAL = 'Written by several at the same time: open it and save what counts.'

export const COPIED = 'Copied. In 30 seconds it is taken out of the clipboard, if this tab is still open.'

export const CLEARED_WORDS: Readonly<Record<Cleared, string | null>> = {
  'taken-out': 'The secret was taken out of the clipboard.',
  emptied: 'The clipboard was emptied.',
  other: null, // something else was copied since: there is nothing to tell
  failed: 'This browser did not let the clipboard be emptied. Copy something else over the secret.',
}

const entries = (count: number): string => `${count} ${count === 1 ? 'entry' : 'entries'}`

export const exportedWords = ({
  entries: count,
  unreadable,
}: Pick<VaultOutcomes['vault-export'], 'entries' | 'unreadable'>): string => {
  const left = unreadable > 0 ? ` ${entries(unreadable)} could not be opened here and are not in it.` : ''
  return `${entries(count)} exported, unsealed. Delete the file as soon as you do not need it.${left}`
}

export const importedWords = ({ added, unchanged }: VaultOutcomes['vault-import']): string => {
  const same = unchanged > 0 ? ` ${entries(unchanged)} ${unchanged === 1 ? 'was' : 'were'} here already.` : ''
  return `${entries(added)} added. The file itself is not sealed: delete it if you do not need it.${same}`
}
