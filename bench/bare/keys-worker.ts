const ports = new Set<MessagePort>()

self.addEventListener('connect', event => {
  const [port] = (event as MessageEvent).ports
  if (!port) return
  ports.add(port)
  port.onmessage = ({ data }: MessageEvent<string>) => {
    for (const other of ports) if (other !== port) other.postMessage(data)
  }
})

export {}
