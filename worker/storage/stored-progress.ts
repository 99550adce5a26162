import type { DeviceId } from '../../protocol/ids.ts'
import type { Position, Stamp } from '../../protocol/relay-messages.ts'
import type { SlotContent, Want } from '../../protocol/slot.ts'

/** Up to where all documents of a relay's log were taken over and stored. */
export interface Bookmark {
  readonly log: string
  readonly position: Position
  readonly stamp: Stamp | null
}

/** That a document is the same here and at the relay, so that it need not be opened to find out. */
export interface CleanMark {
  readonly log: string
  readonly position: Position
  /** Something in this log could not be read, or is missing: it is looked at again with each connection. */
  readonly doubtful?: true
  /** It was only handed over, to a server that confirms nothing. */
  readonly handed?: true
}

/** What is known of a document without opening it: at which relays, by their origin, it is the same as here. */
export interface StoredDocument {
  readonly clean: Readonly<Record<string, CleanMark>>
}

/** What is remembered of a relay besides the bookmark. */
export interface StoredRelayMemory {
  /** What this device last told the others about itself. */
  readonly own: { readonly log: string; readonly stored: Position; readonly at: number } | null
  /** What the others said about themselves. */
  readonly others: Readonly<Record<DeviceId, SlotContent>>
  /** When the relay was last reached, milliseconds since 1970. */
  readonly reachedAt: number | null
  /** Documents of which something could not be read, and that no other device has audited since. */
  readonly wants?: readonly Want[]
  /** When it was found to have lost what it had confirmed. */
  readonly lostAt?: number
  /** Changes that came by other relays, and that it did not hand out in time. */
  readonly lacked?: { readonly changes: number; readonly at: number }
  /** Wants of this device that were answered, newest last. */
  readonly answered?: readonly string[]
  /** Wants of others that this device has answered. */
  readonly haves?: readonly string[]
}
