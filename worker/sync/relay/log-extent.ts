import type { DocumentId } from '../../../protocol/ids.ts'
import type { Hello, Position, RelayMessage } from '../../../protocol/relay-messages.ts'

/** What the relay told on this connection of its log: where that ends, and where each document's part of it does. */
export interface LogExtent {
  opened(hello: Hello): void
  received(message: RelayMessage): void
  end(): Position
  /** Only of documents that were named. */
  ends(): ReadonlyMap<DocumentId, Position>
}

export const createLogExtent = (): LogExtent => {
  const ends = new Map<DocumentId, Position>()
  let end = 0
  return {
    opened: ({ head }) => {
      ends.clear()
      end = head.position
    },
    received: message => {
      if ('to' in message) end = Math.max(end, message.to.position)
      if (message.type === 'changed')
        for (const { document, head } of message.documents) ends.set(document, head)
    },
    end: () => end,
    ends: () => ends,
  }
}
