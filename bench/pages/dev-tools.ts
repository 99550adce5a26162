import { once } from 'node:events'
import { WebSocket } from 'ws'

/** The DevTools protocol of one browser, for all its targets. */
export interface DevTools {
  /** Rejects with what the browser says where it refuses, or where it is gone. */
  send(method: string, params?: object, session?: string): Promise<unknown>
  close(): void
}

interface Answer {
  readonly id?: number
  readonly result?: unknown
  readonly error?: { readonly message: string }
}

export const connectDevTools = async (url: string): Promise<DevTools> => {
  const socket = new WebSocket(url, { perMessageDeflate: false, maxPayload: 0 })
  await once(socket, 'open')
  const waiting = new Map<number, PromiseWithResolvers<unknown>>()
  let count = 0
  socket.on('message', data => {
    const { id, result, error } = JSON.parse(String(data)) as Answer
    const asked = id === undefined ? undefined : waiting.get(id)
    if (id === undefined || !asked) return
    waiting.delete(id)
    if (error) asked.reject(new Error(error.message))
    else asked.resolve(result)
  })
  socket.on('close', () => {
    for (const { reject } of waiting.values()) reject(new Error('The browser is gone.'))
    waiting.clear()
  })
  return {
    send: (method, params = {}, session) => {
      const asked = Promise.withResolvers<unknown>()
      if (socket.readyState !== WebSocket.OPEN) asked.reject(new Error('The browser is gone.'))
      count += 1
      waiting.set(count, asked)
      socket.send(JSON.stringify({ id: count, method, params, ...(session ? { sessionId: session } : {}) }))
      return asked.promise
    },
    close: () => socket.close(),
  }
}
