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

export interface Contender {
  readonly name: string
  /** The packages whose versions are told. */
  readonly packages: readonly string[]
  /** Serves from this process until it ends; what it stores lies in the folder. Resolves with its port. */
  serve(folder: string): Promise<number>
  /** Opens a text: a new one, or the one that another editor made. Resolves when it is connected and has it. */
  /** `batchMs`: where not 0, what is typed is gathered that long (only y-websocket can be told to). */
  open(port: number, document: string | null, batchMs: number): Promise<Editor>
}
