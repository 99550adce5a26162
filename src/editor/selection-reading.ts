/** Only Chromium's shadow roots have a selection of their own. */
type Root = Pick<ShadowRoot, 'activeElement'> & { getSelection?(): Selection | null }

/**
 * After each change CodeMirror reads where the selection is, for which the browser lays the whole page out before
 * anything else can be done. Where nobody writes in the editor, it makes no use of what it reads.
 */
export const selectionReading = (root: Root) => {
  const read = root.getSelection?.bind(root)
  let isNeedless = false
  if (read) root.getSelection = () => (isNeedless ? null : read())

  return {
    /** Does what changes the editor, without the selection where the editor has not the focus. */
    duringChange: (update: () => void): void => {
      isNeedless = root.activeElement === null
      try {
        update()
      } finally {
        isNeedless = false
      }
    },
  }
}
