/**
 * Version of the messages between device and relay, and of the envelope.
 * 1 (2026-11): first version.
 * 2 (2026-11): statements about members in the place of access lists, with a digest of them in `hello` and `access`;
 * refusals for a deleted workspace, for one that the operator has not listed, and for a clock that is ahead.
 * 3 (2026-11): statements may name relays; whoever does not know that cannot read what builds on it.
 * 4 (2026-11): envelopes of version 2, without a nonce and with a short `previous`; on a connection `append`, `known` and
 * `content` do not say again what was said before.
 */
export const RELAY_PROTOCOL = 4

/**
 * Version of the commands and views between a tab and the worker. A tab and a worker of different
 * versions do not talk: the tab asks the older worker to retire.
 * 1 (2026-11): first version.
 * 2 (2026-11): several workspaces, several relays, the vault, the device lock, what a new version took
 * over, deleting from a relay, and relays that a workspace names for all of its devices.
 * 3 (2026-11): edits of a note go by the way that its deltas come, and a tab says whether it is seen.
 */
export const TAB_PROTOCOL = 3
