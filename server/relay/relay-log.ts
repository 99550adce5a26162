/** What the relay itself tells its operator. Never content, tokens or keys. */
export interface RelayLog {
  failed(
    what: 'append' | 'slot' | 'load' | 'watch' | 'open' | 'access' | 'read' | 'purge',
    error: unknown,
  ): void
  closed(why: string): void
}
