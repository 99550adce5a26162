import { mkdirSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { getSqliteStorage, LocalNode } from 'cojson'
import { WasmCrypto } from 'cojson/crypto/WasmCrypto'
import { createWebSocketPeer } from 'cojson-transport-ws'
import { WebSocket, WebSocketServer } from 'ws'

/** Node's own SQLite under Jazz's storage. */
const sqlite = folder => {
  mkdirSync(folder, { recursive: true })
  const database = new DatabaseSync(join(folder, 'jazz.sqlite'))
  database.exec('PRAGMA journal_mode = WAL')
  const known = new Map()
  const prepared = sql => {
    if (!known.has(sql)) known.set(sql, database.prepare(sql))
    return known.get(sql)
  }
  return getSqliteStorage({
    run: (sql, params) => void prepared(sql).run(...params),
    get: (sql, params) => prepared(sql).get(...params),
    query: (sql, params) => prepared(sql).all(...params),
    transaction: work => {
      database.exec('BEGIN')
      try {
        const result = work()
        database.exec('COMMIT')
        return result
      } catch (error) {
        database.exec('ROLLBACK')
        throw error
      }
    },
    closeDb: () => database.close(),
  })
}

/** @type {import('./types.d.ts').Contender} */
export default {
  name: 'Jazz',
  packages: ['cojson', 'cojson-transport-ws'],
  // As `jazz-run sync` does.
  serve: async folder => {
    const crypto = await WasmCrypto.create()
    const secret = crypto.newRandomAgentSecret()
    const agent = crypto.getAgentID(secret)
    const node = new LocalNode(secret, crypto.newRandomSessionID(agent), crypto)
    node.setStorage(sqlite(folder))
    const server = createServer()
    let clients = 0
    new WebSocketServer({ server }).on('connection', websocket => {
      clients += 1
      node.syncManager.addPeer(
        createWebSocketPeer({
          id: `client-${clients}`,
          role: 'client',
          websocket,
          expectPings: false,
          batchingByDefault: false,
        }),
      )
    })
    await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
    return server.address().port
  },
  open: async (port, document) => {
    const crypto = await WasmCrypto.create()
    let websocket
    const connect = () => {
      websocket = new WebSocket(`ws://127.0.0.1:${port}`)
      return createWebSocketPeer({ id: 'server', role: 'server', websocket })
    }
    const peer = connect()
    const { node } = await LocalNode.withNewlyCreatedAccount({
      creationProps: { name: 'Somebody' },
      peers: [peer],
      crypto,
    })
    const made = () => {
      const group = node.createGroup()
      group.addMember('everyone', 'writer')
      return group.createPlainText('', null, 'private')
    }
    const opened = document === null ? made() : await node.load(document)
    if (opened === 'unavailable') throw new Error('Jazz did not find the text.')
    const now = () => opened.core.getCurrentContent()
    let own = 0
    return {
      document: opened.id,
      insert: (at, content) => {
        own += 1
        const text = now()
        if (at === 0) text.insertBefore(0, content, 'private')
        else text.insertAfter(at - 1, content, 'private')
        own -= 1
      },
      remove: (at, count) => {
        own += 1
        now().deleteRange({ from: at, to: at + count }, 'private')
        own -= 1
      },
      text: () => now().toString(),
      onChange: listener => opened.core.subscribe(() => own === 0 && listener()),
      goOffline: async () => websocket.close(),
      goOnline: async () => {
        node.syncManager.addPeer(connect())
        await new Promise(resolve => websocket.addEventListener('open', resolve))
      },
      close: async () => {
        await node.syncManager.waitForAllCoValuesSync?.(5_000)
        node.gracefulShutdown()
        websocket.close()
      },
    }
  },
}
