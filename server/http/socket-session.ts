import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import { MAX_MESSAGE_BYTES } from '../../protocol/limits.ts'
import { CLOSE_CODES, type RefusalCode } from '../../protocol/relay-messages.ts'
import type { Connection, Session } from '../relay/connection.ts'

/** A client that is sent nothing else is asked whether it is still there: a half-open socket never says so itself. */
const HEARTBEAT_MS = 30_000
/** Messages of one client that wait for the disk: beyond this the relay stops reading from it. */
const MAX_BACKLOG_BYTES = 2 * MAX_MESSAGE_BYTES
const MAX_BACKLOG_MESSAGES = 2000
/** A client that reads nothing does not learn why it is sent away; its unread messages must not stay in memory. */
const CLOSE_WITHIN_MS = 15_000

/** Puts a relay's session on a WebSocket; `network` is what the WebSocket itself is on. */
export const attachSocket = (
  socket: WebSocket,
  network: Duplex,
  connect: (connection: Connection) => Session,
): void => {
  let backlogBytes = 0
  let backlogMessages = 0
  let heard = true
  let closing: NodeJS.Timeout | undefined

  let corked = false
  /** A commit may tell a client many things: they go to the network together, since each writing costs as much as a large one. */
  const corkForNow = (): void => {
    if (corked) return
    corked = true
    network.cork()
    setImmediate(() => {
      corked = false
      network.uncork()
    })
  }

  const connection: Connection = {
    send: bytes => {
      if (socket.readyState !== socket.OPEN) return
      corkForNow()
      socket.send(bytes, drained)
    },
    close: (code, reason) => {
      socket.resume() // a paused socket would not read the answer to the close
      socket.close(code, reason)
      closing ??= setTimeout(() => socket.terminate(), CLOSE_WITHIN_MS)
    },
    buffered: () => socket.bufferedAmount,
  }
  const close = (code: RefusalCode): void => connection.close(CLOSE_CODES[code], code)

  const drained = (): void => session.drained()

  // Nobody gets room in memory before they have shown their token.
  socket.pause()
  const session = connect(connection)
  void session.admitted.then(() => socket.resume())

  const pauseOrResume = (): void => {
    const full = backlogBytes > MAX_BACKLOG_BYTES || backlogMessages > MAX_BACKLOG_MESSAGES
    if (full && !socket.isPaused) socket.pause()
    else if (!full && socket.isPaused) socket.resume()
  }

  socket.on('message', (data, isBinary) => {
    heard = true
    if (socket.readyState !== socket.OPEN) return
    const bytes = data as Buffer
    if (!isBinary) return close('malformed')
    if (bytes.length > MAX_MESSAGE_BYTES) return close('too-large')
    backlogBytes += bytes.length
    backlogMessages += 1
    pauseOrResume()
    void session.receive(bytes).finally(() => {
      backlogBytes -= bytes.length
      backlogMessages -= 1
      pauseOrResume()
    })
  })
  socket.on('pong', () => {
    heard = true
  })
  const heartbeat = setInterval(() => {
    if (!heard && !socket.isPaused) return socket.terminate()
    heard = false
    if (socket.readyState === socket.OPEN) socket.ping()
  }, HEARTBEAT_MS)
  socket.on('close', () => {
    clearInterval(heartbeat)
    clearTimeout(closing)
    session.ended()
  })
  socket.on('error', () => {
    // The library closes the socket with the fitting code; `close` follows.
  })
}
