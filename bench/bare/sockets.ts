import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'

// As little as brings a message from one device to all others. Its first line says where it listens.
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false })
server.on('connection', socket => {
  socket.on('message', (data, isBinary) => {
    for (const other of server.clients) if (other !== socket) other.send(data, { binary: isBinary })
  })
})
server.on('listening', () => console.log((server.address() as AddressInfo).port))
