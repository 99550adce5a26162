/** One client's connection, as the relay needs it. Sending and closing never throw, not even on a closed one. */
export interface Connection {
  send(bytes: Uint8Array): void
  close(code: number, reason: string): void
  /** Bytes that were sent but not yet taken over by the network. */
  buffered(): number
}

/** The relay's side of a connection: whoever owns the socket reports to it. */
export interface Session {
  /** Resolves when the client was let in (true) or refused (false). Nothing needs to be read from it before. */
  readonly admitted: Promise<boolean>
  /** A message came. Resolves when it is dealt with: until then its bytes count as the client's backlog. */
  receive(bytes: Uint8Array): Promise<void>
  /** The network took over bytes. */
  drained(): void
  /** The connection ended. */
  ended(): void
}
