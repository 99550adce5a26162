import { decodeYjsMessage as decode, EMPTY_UPDATE } from '../../../worker/sync/document/yjs-messages.ts'

export * from '../../../worker/sync/document/yjs-messages.ts'

/** Takes nothing from the document on connecting. */
export const decodeYjsMessage: typeof decode = bytes => {
  const message = decode(bytes)
  return message.type === 'step2' ? { ...message, update: EMPTY_UPDATE } : message
}
