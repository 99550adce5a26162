import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'

/**
 * A WebSocket client (RFC 6455) that costs next to nothing: one process has to keep up with thousands of receivers on
 * the machine whose server is measured. It takes whole frames only and neither compresses nor really masks (the mask is
 * zero), which is all that these servers ask of it.
 */
export interface RawSocket {
  /** Takes what `frame` made. */
  send(frame: Buffer): void
  /** Without a good-bye, so that no port is left waiting. */
  destroy(): void
}

interface Opening {
  readonly port: number
  readonly path: string
  readonly protocols: readonly string[]
  readonly onMessage: (message: Buffer) => void
  readonly onClose: (why: string) => void
}

const TEXT = 1
const BINARY = 2
const CLOSE = 8
const PING = 9
const PONG = 10

const frameOf = (opcode: number, payload: Uint8Array): Buffer => {
  const size = payload.length
  const extra = size < 126 ? 0 : size < 65_536 ? 2 : 8
  const framed = Buffer.alloc(2 + extra + 4 + size)
  framed[0] = 0x80 | opcode
  framed[1] = 0x80 | (extra === 0 ? size : extra === 2 ? 126 : 127)
  if (extra === 2) framed.writeUInt16BE(size, 2)
  if (extra === 8) framed.writeBigUInt64BE(BigInt(size), 2)
  framed.set(payload, 2 + extra + 4)
  return framed
}

/** A message as it goes over the wire, made once for all sendings. */
export const frame = (message: Uint8Array | string): Buffer =>
  typeof message === 'string' ? frameOf(TEXT, Buffer.from(message)) : frameOf(BINARY, message)

interface Frame {
  readonly opcode: number
  readonly payload: Buffer
  readonly end: number
}

/** The frame that begins at `start`, or null where it is not there as a whole. */
const frameAt = (bytes: Buffer, start: number): Frame | null => {
  if (bytes.length < start + 2) return null
  const short = bytes[start + 1]! & 0x7f
  const head = start + (short < 126 ? 2 : short === 126 ? 4 : 10)
  if (bytes.length < head) return null
  const size =
    short < 126
      ? short
      : short === 126
        ? bytes.readUInt16BE(start + 2)
        : Number(bytes.readBigUInt64BE(start + 2))
  const end = head + size
  if (bytes.length < end) return null
  return { opcode: bytes[start]! & 0x0f, payload: bytes.subarray(head, end), end }
}

/** Resolves when the server has switched protocols; rejects with what it said instead. */
export const openSocket = ({ port, path, protocols, onMessage, onClose }: Opening): Promise<RawSocket> =>
  new Promise((resolve, reject) => {
    const socket: Socket = connect({ port, host: '127.0.0.1', noDelay: true })
    let rest: Buffer = Buffer.alloc(0)
    let open = false
    const raw: RawSocket = {
      send: bytes => void socket.write(bytes),
      destroy: () => socket.resetAndDestroy(),
    }

    const readHandshake = (): boolean => {
      const end = rest.indexOf('\r\n\r\n')
      if (end < 0) return false
      const [status = ''] = rest.subarray(0, end).toString().split('\r\n')
      if (!status.includes(' 101 ')) {
        reject(new Error(`The server answered ${status}`))
        socket.destroy()
        return false
      }
      rest = rest.subarray(end + 4)
      open = true
      resolve(raw)
      return true
    }
    socket.on('data', bytes => {
      rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes])
      if (!open && !readHandshake()) return
      let at = 0
      for (let next = frameAt(rest, at); next; next = frameAt(rest, at)) {
        at = next.end
        if (next.opcode === TEXT || next.opcode === BINARY) onMessage(next.payload)
        else if (next.opcode === PING) socket.write(frameOf(PONG, next.payload))
        else if (next.opcode === CLOSE) onClose(next.payload.subarray(2).toString() || 'without a reason')
      }
      rest = rest.subarray(at)
    })
    socket.on('error', error => {
      if (!open) reject(error)
    })
    socket.on('close', () => onClose('the connection ended'))
    const offered = protocols.length > 0 ? `Sec-WebSocket-Protocol: ${protocols.join(', ')}\r\n` : ''
    socket.write(
      `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\n${offered}\r\n`,
    )
  })
