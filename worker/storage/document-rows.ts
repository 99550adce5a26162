/** What a save wants to be on the disk, all or nothing. */
export interface Save {
  /** Updates that were written as rows and must be there by now, in order. */
  readonly expected: readonly Uint8Array[]
  readonly marks: ReadonlyMap<string, unknown>
  /** Whether it is about content too. Marks that are lost cost a comparison; content that was called stored must not be. */
  readonly content: boolean
  /** Whether the rows, if they are all there, hold everything. Structs that are still pending are in no row. */
  readonly covered: () => boolean
}

/** The rows and marks of one document's database: how they are written, and read back. */
export interface DocumentRows {
  /** Yjs names it as the origin of what is loaded. */
  readonly origin: unknown
  /** As they were when it was opened. */
  readonly marks: ReadonlyMap<string, unknown>
  /** Its database was not there before. */
  readonly isNew: boolean
  /**
   * Writes an update as a row, behind those before it. A row whose predecessor is missing would wait for it for ever
   * once the document is loaded again: where one is refused, none follows until `mended`.
   */
  write(update: Uint8Array, origin: unknown): void
  /** Sets a mark in the transaction of the next row. */
  markWithNext(key: string, value: unknown): void
  /** All updates so far were written. */
  mended(): void
  /**
   * Resolves once the database has committed all rows so far, though it may not be on the disk yet; with false where that
   * is not known.
   */
  written(): Promise<boolean>
  /**
   * Reads back what must be there, writes the whole state where something is not, and sets the marks. Rejects where
   * that was refused: then nothing of it is there.
   */
  save(what: Save): Promise<void>
  /** Resolves when everything that was written is done with. */
  close(): Promise<void>
}
