/** A device with many notes, as a contender does it. */
export interface NotesDevice {
  /** Makes a note; resolves with that by which another device opens it. */
  add(text: string): Promise<string>
  /** Resolves when the note is here as the server has it, and follows it from then on. */
  open(note: string): Promise<void>
  insert(note: string, at: number, text: string): void
  remove(note: string, at: number, count: number): void
  text(note: string): string
  /** Loses the connection; what is written stays here. */
  goOffline(): Promise<void>
  /** Connects again. */
  goOnline(): Promise<void>
  close(): Promise<void>
}

/** `port` is that of the contender's server (see bench/support/editors.ts). */
export type OpenDevice = (port: number) => Promise<NotesDevice>
