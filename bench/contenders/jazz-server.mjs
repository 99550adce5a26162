// Jazz's sync server as `jazz-run sync` starts it, with its SQLite storage on node:sqlite.
import { createServer } from 'node:http'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { LocalNode } from 'cojson'
import { NapiCrypto } from 'cojson/crypto/NapiCrypto'
import { getSqliteStorage } from 'cojson/dist/storage/index.js'
import { createWebSocketPeer } from 'cojson-transport-ws'
import { WebSocketServer } from 'ws'

const database = new DatabaseSync(join(process.env.DATA, 'jazz.sqlite'))
const openStorage = () => {
  // What better-sqlite3, which Jazz uses, is built with.
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL')
  const prepared = new Map()
  const prepare = sql => {
    const statement = prepared.get(sql) ?? database.prepare(sql)
    prepared.set(sql, statement)
    return statement
  }
  return getSqliteStorage({
    run: (sql, params) => void prepare(sql).run(...params),
    get: (sql, params) => prepare(sql).get(...params),
    query: (sql, params) => prepare(sql).all(...params),
    transaction: work => {
      database.exec('BEGIN')
      try {
        work()
        database.exec('COMMIT')
      } catch (error) {
        database.exec('ROLLBACK')
        throw error
      }
    },
    closeDb: () => database.close(),
  })
}

const crypto = await NapiCrypto.create()
const secret = crypto.newRandomAgentSecret()
const node = new LocalNode(secret, crypto.newRandomSessionID(crypto.getAgentID(secret)), crypto)
node.setStorage(openStorage())
node.enableGarbageCollector()

let clients = 0
const sockets = new WebSocketServer({ noServer: true })
sockets.on('connection', socket => {
  // Where bytes are counted, nothing is said that says only that a connection is alive.
  const pinging =
    process.env.PINGS !== 'none' &&
    setInterval(() => socket.send(JSON.stringify({ type: 'ping', time: Date.now(), dc: 'unknown' })), 1500)
  socket.on('close', () => clearInterval(pinging))
  clients += 1
  node.syncManager.addPeer(
    createWebSocketPeer({
      id: `client ${clients}`,
      role: 'client',
      websocket: socket,
      expectPings: false,
      batchingByDefault: false,
      deletePeerStateOnClose: true,
    }),
  )
})
const server = createServer()
server.on('upgrade', (request, socket, head) =>
  sockets.handleUpgrade(request, socket, head, opened => sockets.emit('connection', opened, request)),
)
server.listen(Number(process.env.PORT), process.env.HOST)
process.once('SIGTERM', async () => {
  await node.gracefulShutdown()
  if (database.isOpen) database.close()
  process.exit()
})
