import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { connect, createServer } from 'node:net'
import { dirname, join } from 'node:path'

/** The stock server of y-websocket, as people run it: a process of its own, which keeps everything in memory. */
export interface YjsServer {
  readonly url: string
  start(): Promise<void>
  kill(): Promise<void>
}

const require = createRequire(import.meta.url)
const SERVER = join(dirname(require.resolve('y-websocket-server/package.json')), 'bin', 'server.cjs')

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, 'localhost')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

export const createYjsServer = async (): Promise<YjsServer> => {
  const port = await freePort()
  let child: ChildProcess | null = null
  const start = async (): Promise<void> => {
    child = spawn(process.execPath, [SERVER], {
      env: { PATH: process.env.PATH, PORT: String(port), HOST: 'localhost' },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(child.stdout!, 'data') // it says where it runs
    child.stdout!.resume()
    const socket = connect(port, 'localhost')
    await once(socket, 'connect')
    socket.destroy()
  }
  await start()
  return {
    url: `http://localhost:${port}`,
    start,
    kill: async () => {
      const dying = child
      child = null
      if (dying === null) return
      dying.kill('SIGKILL')
      await once(dying, 'exit')
    },
  }
}
