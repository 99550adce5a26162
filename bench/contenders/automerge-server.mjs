// Automerge Repo as its own sync server has it: shares with whoever asks for a document, offers nothing by itself.
import { createServer } from 'node:http'
import { Repo } from '@automerge/automerge-repo'
import { WebSocketServerAdapter } from '@automerge/automerge-repo-network-websocket'
import { NodeFSStorageAdapter } from '@automerge/automerge-repo-storage-nodefs'
import { WebSocketServer } from 'ws'

const server = createServer()
const repo = new Repo({
  network: [new WebSocketServerAdapter(new WebSocketServer({ server }))],
  storage: new NodeFSStorageAdapter(process.env.DATA),
  peerId: 'server',
  sharePolicy: async () => false,
})
process.once('SIGTERM', async () => {
  await repo.flush()
  process.exit()
})
// It hears of connections only from then on.
await repo.storageId()
await new Promise(setImmediate)
server.listen(Number(process.env.PORT), process.env.HOST)
