import type { IncomingMessage } from 'node:http'

const READ_ON_MS = 3000

/**
 * Lets a body that nobody wants run out, for a moment. An answer that closes the connection while its client still
 * writes is lost: the client sees a broken connection and tries the same again.
 */
export const letRunOut = (request: IncomingMessage): Promise<void> =>
  new Promise(resolve => {
    if (request.complete || request.destroyed) return resolve()
    const done = (): void => {
      clearTimeout(timer)
      resolve()
    }
    const timer = setTimeout(done, READ_ON_MS)
    request.once('end', done).once('close', done)
    request.resume()
  })
