import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { createServer as createTlsServer } from 'node:tls'
import { certificate, key } from './localhost-certificate.ts'

/** Speaks HTTPS on one port and plain HTTP to the relay's. */
export interface TlsProxy {
  readonly kind: 'nginx' | 'plain'
  close(): Promise<void>
}

export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

const findNginx = (): string | null => {
  for (const directory of [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin']) {
    try {
      const path = join(directory, 'nginx')
      accessSync(path)
      return path
    } catch {
      // not in this one
    }
  }
  return null
}

/** nginx with the recipe, where the machine has it; otherwise what every such proxy does at the least: end TLS. */
export const startTlsProxy = async (recipe: string, port: number, relayPort: number): Promise<TlsProxy> => {
  const nginx = findNginx()
  return nginx ? startNginx(nginx, recipe, port, relayPort) : startPlain(port, relayPort)
}

const startPlain = async (port: number, relayPort: number): Promise<TlsProxy> => {
  const server = createTlsServer({ cert: certificate, key }, client => {
    const relay = connect(relayPort, '127.0.0.1')
    client.pipe(relay).pipe(client)
    for (const socket of [client, relay]) {
      socket.on('error', () => {
        client.destroy()
        relay.destroy()
      })
    }
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    kind: 'plain',
    close: async () => {
      server.close()
    },
  }
}

const startNginx = async (
  nginx: string,
  recipe: string,
  port: number,
  relayPort: number,
): Promise<TlsProxy> => {
  const directory = await mkdtemp(join(tmpdir(), 'holdfast-nginx-'))
  const site = recipe
    .replace('listen 443 ssl', `listen 127.0.0.1:${port} ssl`)
    .replace('server_name notes.example', 'server_name localhost')
    .replace('/etc/ssl/notes.example.pem', join(directory, 'cert.pem'))
    .replace('/etc/ssl/notes.example.key', join(directory, 'key.pem'))
    .replace('127.0.0.1:4321', `127.0.0.1:${relayPort}`)
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map(name => `${name}_temp_path ${join(directory, name)};`)
    .join('\n')
  await mkdir(join(directory, 'logs'))
  await writeFile(join(directory, 'cert.pem'), certificate)
  await writeFile(join(directory, 'key.pem'), key)
  await writeFile(
    join(directory, 'nginx.conf'),
    `daemon off; master_process off; pid ${join(directory, 'pid')}; error_log stderr notice;
     events {} http { access_log off; ${temporary}\n${site} }`,
  )
  const child = spawn(nginx, ['-p', directory, '-c', join(directory, 'nginx.conf')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  await listening(child)
  return {
    kind: 'nginx',
    close: async () => {
      child.kill('SIGKILL')
      await once(child, 'exit')
      await rm(directory, { recursive: true, force: true })
    },
  }
}

const listening = (child: ChildProcess): Promise<void> =>
  new Promise((resolve, reject) => {
    let said = ''
    child.stderr!.setEncoding('utf8').on('data', text => {
      said += text
      if (said.includes('using the "epoll" event method')) resolve()
    })
    child.on('exit', () => reject(new Error(`nginx ended: ${said}`)))
  })
