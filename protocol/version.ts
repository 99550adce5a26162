/**
 * Version of the messages between device and relay, and of the envelope.
 * 1 (2026-11): first version.
 */
export const RELAY_PROTOCOL = 1

/**
 * Version of the commands and views between a tab and the worker. A tab and a worker of different
 * versions do not talk: the tab asks the older worker to retire.
 * 1 (2026-11): first version.
 */
export const TAB_PROTOCOL = 1
