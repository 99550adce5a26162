import type { Note } from '../support/archive.ts'

/** Something that runs in a browser, ready to be measured. */
export interface PageApp {
  /** What a new tab opens. */
  readonly url: string
  /** Makes the profile of a device that has these notes, and of others of the same person. */
  prepare(notes: readonly Note[], profile: string, ...others: readonly string[]): Promise<void>
  /** What came over the network and went, so far, in bytes. */
  bytes(): number
  goOffline(): Promise<void>
  goOnline(): Promise<void>
}
