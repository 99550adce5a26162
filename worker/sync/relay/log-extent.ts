import type { DocumentId } from '../../../protocol/ids.ts'
import type { Hello, Position, RelayMessage } from '../../../protocol/relay-messages.ts'

/** What the relay told on this connection of its log: where that ends, and where each document's part of it does. */
export interface LogExtent {
  opened(hello: Hello): void
  closed(): void
  received(message: RelayMessage): void
  end(): Position
  /** The relay's greeting as it would be now: a document that is opened later may have read beyond the first one. */
  hello(): Hello | null
  /** Only of documents that were named. */
  ends(): ReadonlyMap<DocumentId, Position>
}

export const createLogExtent = (): LogExtent => {
  const ends = new Map<DocumentId, Position>()
  let end = 0
  let greeting: Hello | null = null
  return {
    opened: hello => {
      ends.clear()
      greeting = hello
      end = hello.head.position
    },
    closed: () => {
      greeting = null
    },
    hello: () => greeting && { ...greeting, head: { ...greeting.head, position: end } },
    received: message => {
      if ('to' in message) end = Math.max(end, message.to.position)
      if (message.type === 'done') end = Math.max(end, message.head.position)
      if (message.type === 'changed')
        for (const { document, head } of message.documents) ends.set(document, head)
    },
    end: () => end,
    ends: () => ends,
  }
}
