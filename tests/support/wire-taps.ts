import { encodeClientMessage, encodeRelayMessage } from '../../protocol/relay-codec.ts'
import type { RelayMessage } from '../../protocol/relay-messages.ts'
import { createClientDecoder, createRelayDecoder, createRelayEncoder } from '../../protocol/wire-codec.ts'

/**
 * What a message says by itself, whatever was said before on its connection. It has to see all messages of one
 * direction of the connection, in their order.
 */
export type Standalone = (bytes: Uint8Array) => Uint8Array

export const createStandaloneFromDevice = (): Standalone => {
  const decode = createClientDecoder()
  return bytes => {
    const message = decode(bytes)
    return message.ok ? encodeClientMessage(message.value) : bytes
  }
}

export const createStandaloneFromRelay = (): Standalone => {
  const decode = createRelayDecoder()
  return bytes => {
    const message = decode(bytes)
    return message.ok ? encodeRelayMessage(message.value) : bytes
  }
}

/** Stands in one connection, and passes on what `change` makes of what the relay says; null passes on nothing. */
export const createTampering = (
  change: (message: RelayMessage) => RelayMessage | null,
): ((bytes: Uint8Array) => Uint8Array | null) => {
  const [decode, encode] = [createRelayDecoder(), createRelayEncoder()]
  return bytes => {
    const message = decode(bytes)
    if (!message.ok) return bytes
    const changed = change(message.value)
    return changed && encode(changed)
  }
}
