// Bare ws: hands every message on to the others at the same address, and does nothing else.
import { WebSocket, WebSocketServer } from 'ws'

const rooms = new Map()
const server = new WebSocketServer({ host: process.env.HOST, port: Number(process.env.PORT) })
server.on('connection', (socket, { url }) => {
  const room = rooms.get(url) ?? new Set()
  rooms.set(url, room)
  room.add(socket)
  socket.on('message', (data, binary) => {
    for (const other of room)
      if (other !== socket && other.readyState === WebSocket.OPEN) other.send(data, { binary })
  })
  socket.on('close', () => {
    room.delete(socket)
    if (room.size === 0) rooms.delete(url)
  })
})
