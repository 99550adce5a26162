/**
 * As little as brings a key from one tab to another (postMessage through a SharedWorker) and to another device (a bare
 * WebSocket): no text that is kept, no order, nothing stored.
 */
const line = document.querySelector<HTMLElement>('.cm-line')!
const content = document.querySelector<HTMLElement>('.cm-content')!
line.focus()

const show = (key: string): void => {
  line.textContent += key
}

const { port } = new SharedWorker(new URL('./keys-worker.ts', import.meta.url), { type: 'module' })
port.onmessage = ({ data }: MessageEvent<string>) => show(data)

// Only one tab of a device talks to the other device: the first.
const server = new URLSearchParams(location.search).get('server')
let socket: WebSocket | null = null
void navigator.locks.request('socket', () => {
  socket = new WebSocket(server!)
  socket.addEventListener('message', ({ data }: MessageEvent<string>) => show(data))
  return new Promise<never>(() => {})
})

content.addEventListener('keydown', ({ key }) => {
  if (key.length !== 1) return
  show(key)
  port.postMessage(key)
  if (socket?.readyState === WebSocket.OPEN) socket.send(key)
})
