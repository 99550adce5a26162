import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'

/** The messages of y-websocket, as y-protocols writes them. */
export type YjsMessage =
  | { readonly type: 'step1'; readonly stateVector: Uint8Array }
  | { readonly type: 'step2'; readonly update: Uint8Array }
  | { readonly type: 'update'; readonly update: Uint8Array }
  | { readonly type: 'awareness'; readonly update: Uint8Array }
  | { readonly type: 'other' }

const SYNC = 0
const AWARENESS = 1
const SYNC_TYPES = ['step1', 'step2', 'update'] as const

export const decodeYjsMessage = (bytes: Uint8Array): YjsMessage => {
  const decoder = decoding.createDecoder(bytes)
  const kind = decoding.readVarUint(decoder)
  if (kind === AWARENESS) return { type: 'awareness', update: decoding.readVarUint8Array(decoder) }
  if (kind !== SYNC) return { type: 'other' }
  const type = SYNC_TYPES[decoding.readVarUint(decoder)]
  if (type === undefined) return { type: 'other' }
  const payload = decoding.readVarUint8Array(decoder)
  return type === 'step1' ? { type, stateVector: payload } : { type, update: payload }
}

const message = (kinds: readonly number[], payload: Uint8Array): Uint8Array => {
  const encoder = encoding.createEncoder()
  for (const kind of kinds) encoding.writeVarUint(encoder, kind)
  encoding.writeVarUint8Array(encoder, payload)
  return encoding.toUint8Array(encoder)
}

export const step1 = (stateVector: Uint8Array): Uint8Array => message([SYNC, 0], stateVector)
export const step2 = (update: Uint8Array): Uint8Array => message([SYNC, 1], update)
export const updateMessage = (update: Uint8Array): Uint8Array => message([SYNC, 2], update)
export const awarenessMessage = (update: Uint8Array): Uint8Array => message([AWARENESS], update)

/** Whether presence, as y-protocols encodes it, tells of this client. */
export const isPresenceOf = (client: number, update: Uint8Array): boolean => {
  const decoder = decoding.createDecoder(update)
  for (let left = decoding.readVarUint(decoder); left > 0; left -= 1) {
    if (decoding.readVarUint(decoder) === client) return true
    decoding.readVarUint(decoder) // its clock
    decoding.readVarString(decoder) // its state
  }
  return false
}

/** An update of nothing: what keeps a provider content. */
export const EMPTY_UPDATE = Uint8Array.of(0, 0)
