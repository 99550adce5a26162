/** One person's device with one text open, as each contender does it. */
export interface Editor {
  /** By which another editor opens the same text. */
  readonly document: string
  insert(at: number, text: string): void
  remove(at: number, count: number): void
  text(): string
  /** Called after each change that came from another editor. */
  onChange(listener: () => void): void
  /** Loses the connection; what is typed stays here. */
  goOffline(): Promise<void>
  /** Resolves when all that others have is here. */
  goOnline(): Promise<void>
  close(): Promise<void>
}

/**
 * Opens a text: a new one, or the one that another editor made. Resolves when it is connected and has it. What is
 * typed is gathered for `batchMs` where that is not 0 (only y-websocket can be told to).
 */
export type OpenEditor = (port: number, document: string | null, batchMs: number) => Promise<Editor>
