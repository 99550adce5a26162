/** In the storage of a tab: when a secret that was copied there has to be out of the clipboard. */
export const CLIPBOARD_DUE = 'holdfast-clipboard-due'

/** Goes on with that after the page was loaded again, as it is when the device is locked. */
export const resumeClipboard = (tab: Pick<Storage, 'getItem'>): void => {
  if (tab.getItem(CLIPBOARD_DUE) === null) return
  import('./copy-secret.ts').then(
    ({ resumeCopied }) => resumeCopied(),
    error => console.error('The clipboard could not be emptied.', error),
  )
}
