/** Asks once for storage that the browser does not clear on its own; it may or may not ask the person. */
export const createStorageKeeper = ({ storage }: Pick<Navigator, 'storage'>): (() => void) => {
  let asked = false
  return () => {
    if (asked || !storage?.persist) return
    asked = true
    // A refusal costs nothing now, and the browser may decide otherwise later.
    void storage
      .persist()
      .catch((error: unknown) => console.error('Lasting storage could not be asked for.', error))
  }
}
