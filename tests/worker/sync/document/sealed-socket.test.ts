import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'
import { WebSocket, WebSocketServer } from 'ws'
import { readSyncMessage, writeSyncStep1, writeUpdate } from 'y-protocols/sync'
import * as Y from 'yjs'
import { createSealedSocketClass, type SealedSocket } from '../../../../worker/sync/document/sealed-socket.ts'
import { yjsSocketContract } from '../../../contract/yjs-socket.ts'

interface Peer {
  receive(bytes: Uint8Array): void
  leave(): void
}

/** The smallest Yjs server: rooms, and whoever listens to them. */
const createRooms = () => {
  const rooms = new Map<string, Y.Doc>()
  const room = (name: string): Y.Doc => {
    const doc = rooms.get(name) ?? new Y.Doc()
    rooms.set(name, doc)
    return doc
  }
  const message = (write: (encoder: encoding.Encoder) => void): Uint8Array => {
    const encoder = encoding.createEncoder()
    encoding.writeVarUint(encoder, 0)
    write(encoder)
    return encoding.toUint8Array(encoder)
  }
  /** Connects one peer; returns what to do with its messages, and how to end. */
  const join = (name: string, send: (bytes: Uint8Array) => void): Peer => {
    const doc = room(name)
    const onUpdate = (update: Uint8Array, origin: unknown): void => {
      if (origin !== send) send(message(encoder => writeUpdate(encoder, update)))
    }
    doc.on('update', onUpdate)
    send(message(encoder => writeSyncStep1(encoder, doc)))
    return {
      receive: (bytes: Uint8Array): void => {
        const decoder = decoding.createDecoder(bytes)
        if (decoding.readVarUint(decoder) !== 0) return
        const answer = message(encoder => void readSyncMessage(decoder, encoder, doc, send))
        if (answer.length > 1) send(answer)
      },
      leave: (): void => doc.off('update', onUpdate),
    }
  }
  return { room, join }
}

yjsSocketContract('a sealed socket', async () => {
  const { room, join } = createRooms()
  const attached = new Map<SealedSocket, Peer | null>()
  const names = new Map<SealedSocket, string>()
  let up = true
  const open = (socket: SealedSocket): void => {
    const early: Uint8Array[] = [] // the provider speaks while the socket opens
    attached.set(socket, { receive: bytes => early.push(bytes), leave: () => {} })
    socket.open()
    const peer = join(names.get(socket)!, bytes => socket.deliver(bytes))
    attached.set(socket, peer)
    for (const bytes of early) peer.receive(bytes)
  }
  return {
    address: 'ws://sealed',
    socket: name =>
      createSealedSocketClass({
        attached: socket => {
          names.set(socket, name)
          attached.set(socket, null)
          if (up) open(socket)
        },
        sent: (socket, bytes) => attached.get(socket)?.receive(bytes),
        detached: socket => {
          attached.get(socket)?.leave()
          attached.delete(socket)
        },
      }),
    room,
    cut: () => {
      up = false
      for (const [socket, peer] of [...attached]) {
        peer?.leave()
        attached.delete(socket)
        socket.drop()
      }
    },
    restore: () => {
      up = true
      for (const socket of attached.keys()) open(socket)
    },
    close: async () => {},
  }
})

yjsSocketContract('a real WebSocket', async () => {
  const { room, join } = createRooms()
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  await once(server, 'listening')
  let up = true
  server.on('connection', (socket, request) => {
    if (!up) return socket.terminate()
    const peer = join(decodeURIComponent(request.url!.slice(1)), bytes => socket.send(bytes))
    socket.on('message', (data: Buffer) => peer.receive(new Uint8Array(data)))
    socket.on('close', () => peer.leave())
  })
  return {
    address: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    socket: () => WebSocket as unknown as typeof globalThis.WebSocket,
    room,
    cut: () => {
      up = false
      for (const socket of server.clients) socket.terminate()
    },
    restore: () => {
      up = true
    },
    close: async () => {
      for (const socket of server.clients) socket.terminate()
      server.close()
    },
  }
})
