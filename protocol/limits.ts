/** Limits that both ends keep. Sizes are bytes, times are milliseconds unless a name says otherwise. */

/** One sealed update, header and signature included. */
export const MAX_ENVELOPE_BYTES = 16 * 1024 * 1024
/** One WebSocket message or HTTP body: one largest envelope and what frames it. */
export const MAX_MESSAGE_BYTES = MAX_ENVELOPE_BYTES + 64 * 1024
/** A `content` message is closed when its envelopes pass this size, so that a reader sees progress. */
export const CONTENT_CHUNK_BYTES = 512 * 1024
export const MAX_ENVELOPES_PER_APPEND = 1000
/** Entries that one snapshot may take the place of. */
export const MAX_REPLACED = 20_000
export const MAX_EPHEMERAL_BYTES = 16 * 1024
/** What a device leaves at the relay for the others, sealed. */
export const MAX_SLOT_BYTES = 16 * 1024
/** One statement about the members. */
export const MAX_STATEMENT_BYTES = 256 * 1024
/** Statements that one names as those it builds on. */
export const MAX_PREV = 256
/** All that is said about the members of a workspace: it is read whole whenever a device joins. */
export const MAX_ACCESS_BYTES = 16 * 1024 * 1024
export const MAX_STATEMENTS = 4000
/**
 * Steps of judging all of them (protocol/access/work.ts), some tenths of a second. What people say after one another
 * takes a few for each; only what was said at the same time, as if nobody had heard of the rest, takes many.
 */
export const MAX_JUDGING_STEPS = 20_000_000
/** Sessions of one device that a cut names. */
export const MAX_CUT_SESSIONS = 4096
export const MAX_TOKEN_BYTES = 4096

/** Entries that a snapshot has taken the place of are kept this long, in case that it was wrong. */
export const REPLACED_KEPT_MS = 7 * 24 * 3600 * 1000

/** What a relay grants a workspace unless its operator says otherwise. */
export const DEFAULT_WORKSPACE_BYTES = 10 * 1024 * 1024 * 1024
export const DEFAULT_WORKSPACE_DOCUMENTS = 100_000
export const DEFAULT_CONNECTIONS_PER_WORKSPACE = 200
export const DEFAULT_MESSAGES_PER_SECOND = 1000
/** A reader that leaves more than this unread is dropped and may come back. */
export const MAX_UNREAD_BYTES = 32 * 1024 * 1024

export const MAX_TOKEN_SECONDS = 15 * 60
export const CLOCK_TOLERANCE_SECONDS = 60

/** A client that has heard nothing for this long asks with `ping`… */
export const PING_AFTER_MS = 20_000
/** …and closes the connection if nothing comes back in this time. */
export const PONG_WITHIN_MS = 10_000

/** One outbox entry; a larger rest waits until the app is open. */
export const MAX_OUTBOX_ENTRY_BYTES = 1024 * 1024

/** Relays that a workspace names for all of its devices: each device sends all it has to each of them. */
export const MOST_RELAYS = 8

/** The longest note, in UTF-16 units: as UTF-8 and sealed it still fits one envelope. */
export const MAX_NOTE_LENGTH = 5_000_000
