import * as Comlink from 'comlink'
import { afterEach, expect, it } from 'vitest'
import type { Command, Intent, Outcomes } from '../../../protocol/commands.ts'
import { fail, ok, type Result } from '../../../protocol/result.ts'
import { lifeLock, OWNER_LOCK, type WorkerApi } from '../../../protocol/worker-api.ts'
import { type ConnectionState, createWorkerConnection } from '../../../src/connection/worker-connection.ts'
import { createViewFeed } from '../../../src/views/view-feed.ts'

const ports: MessagePort[] = []
afterEach(() => {
  for (const port of ports.splice(0)) port.close()
})

/** A browser in which workers of one build or another live and die, one owner of the data at a time. */
const setup = (builds: string[], build = 'new', sharedFits = true) => {
  // Each test is a browser of its own; a connection never ends, so it must not meet the next test's.
  const browser = crypto.randomUUID()
  const locks = {
    request: (name: string, ...rest: [never, never]) => navigator.locks.request(browser + name, ...rest),
  } as Pick<LockManager, 'request'>
  const commands: { readonly worker: number; readonly command: Command }[] = []
  /** What tabs said on their ports. */
  const heard: unknown[] = []
  let answers = true
  /** Resolves when the worker is done with something else. */
  let free: Promise<unknown> = Promise.resolve()
  let count = 0
  let overtaken = false
  let current: ReturnType<typeof startOwner> | null = null

  let fits = sharedFits
  const unfit: Pick<WorkerApi, 'connect'> = {
    connect: async () => fail('shared-worker-unfit', 'It cannot keep keys.'),
  }

  const passphrases: string[] = []
  let locked = false

  const startOwner = (itsBuild: string) => {
    const number = ++count
    let die: () => void = () => {}
    const life = new Promise<void>(resolve => {
      die = resolve
    })
    const owned = new Promise<void>(resolve => {
      void locks.request(lifeLock(`epoch-${number}`), () => life)
      void locks.request(OWNER_LOCK, () => {
        resolve()
        return life
      })
    })
    const api: WorkerApi = {
      async connect(hello, port) {
        await owned
        ;(port as MessagePort).onmessage = ({ data }) => heard.push(data)
        await free
        if (overtaken) overtake()
        if (locked) {
          locked = false
          ;(port as MessagePort).postMessage({ type: 'locked', waitMs: 0 })
          return ok({ epoch: `epoch-${number}`, build: itsBuild, joined: true, lockScreen: true as const })
        }
        return ok({ epoch: `epoch-${number}`, build: itsBuild, joined: hello.build === itsBuild })
      },
      run: <I extends Intent>(command: Command<I>) => {
        commands.push({ worker: number, command })
        const result = ok(null) as unknown as Result<Outcomes[I['type']]>
        return answers ? Promise.resolve(result) : new Promise(() => {})
      },
      unlock: async passphrase => {
        passphrases.push(passphrase)
        return ok(null)
      },
      retire: () => {
        if (current !== worker) return new Promise(() => {}) // the dead do not answer
        worker.die()
        return Promise.resolve(ok(null))
      },
    }
    const worker = {
      api,
      die() {
        if (current === worker) current = null
        die()
      },
    }
    return worker
  }

  /** Another tab has the worker retire and starts the next one, before this tab has heard what the first one said. */
  const overtake = () => {
    overtaken = false
    current?.die()
    current = startOwner(builds.shift() ?? build)
  }

  const startWorker = () => {
    if (fits) current ??= startOwner(builds.shift() ?? build)
    const { port1, port2 } = new MessageChannel()
    ports.push(port1, port2)
    Comlink.expose(current?.api ?? unfit, port2)
    return { port: port1, broken: new Promise<string>(() => {}) }
  }

  const feed = createViewFeed()
  const connection = createWorkerConnection({
    shown: () => undefined,
    workers: {
      start: startWorker,
      avoidShared: () => {
        fits = true
      },
    },
    locks,
    build,
    feed,
  })
  const until = (wanted: (state: ConnectionState) => boolean) =>
    new Promise<ConnectionState>(resolve => {
      if (wanted(connection.state)) return resolve(connection.state)
      const stop = connection.onState(state => {
        if (!wanted(state)) return
        stop()
        resolve(state)
      })
    })
  return {
    connection,
    feed,
    commands,
    heard,
    until,
    connected: (epoch: string) => until(state => state.type === 'connected' && state.epoch === epoch),
    killWorker: () => current?.die(),
    overtakeNext: () => {
      overtaken = true
    },
    passphrases,
    lockNext: () => {
      locked = true
    },
    stopAnswering: () => {
      answers = false
    },
    busyUntil: (done: Promise<unknown>) => {
      free = done
    },
    answerAgain: () => {
      answers = true
    },
  }
}

it('says what it wants to see along with its hello', async () => {
  const { connection, feed, heard, busyUntil } = setup(['new'])
  const done = Promise.withResolvers<void>()
  busyUntil(done.promise)
  feed.expect({ view: 'notes', place: 'notes', filter: '', limit: 40 })
  await expect.poll(() => heard).toMatchObject([{ type: 'watch', request: { view: 'notes' } }])
  expect(connection.state.type).toBe('connecting')
  done.resolve()
  await expect.poll(() => connection.state.type).toBe('connected')
  expect(heard).toHaveLength(1)
})

it('runs what was asked for before there was a worker', async () => {
  const { connection, commands } = setup(['new'])
  expect(await connection.run({ type: 'create-note' })).toEqual(ok(null))
  expect(commands).toHaveLength(1)
})

it('notices the death of the worker and sends what is unconfirmed to the next one, under the same id', async () => {
  const { connection, commands, connected, killWorker, stopAnswering, answerAgain } = setup(['new', 'new'])
  await connected('epoch-1')
  stopAnswering()
  const asked = connection.run({ type: 'create-note' })
  await expect.poll(() => commands.length).toBe(1)
  answerAgain()
  killWorker()
  expect(await asked).toEqual(ok(null))
  const [first, second] = commands
  expect([first?.worker, second?.worker]).toEqual([1, 2])
  expect(second?.command.id).toBe(first?.command.id)
})

it('never gives to another worker what speaks of one life of it', async () => {
  const { connection, commands, connected, killWorker, stopAnswering } = setup(['new', 'new'])
  await connected('epoch-1')
  stopAnswering()
  const flush = connection.run({ type: 'flush' })
  await expect.poll(() => commands.length).toBe(1)
  killWorker()
  expect(await flush).toMatchObject({ ok: false, error: { code: 'connection-lost' } })
  await connected('epoch-2')
  expect(commands).toHaveLength(1)
})

it('lets the worker of an older build retire and starts its own', async () => {
  const { connected } = setup(['old', 'new'])
  expect(await connected('epoch-2')).toEqual({ type: 'connected', epoch: 'epoch-2' })
})

it('goes on with the worker that another tab has put in the place of an older one', async () => {
  const { connected, overtakeNext } = setup(['old', 'new'])
  overtakeNext()
  expect(await connected('epoch-2')).toEqual({ type: 'connected', epoch: 'epoch-2' })
})

it('notices the death of a worker whose successor was there before its answer came', async () => {
  const { connected, overtakeNext } = setup(['new', 'new'])
  overtakeNext()
  expect(await connected('epoch-2')).toEqual({ type: 'connected', epoch: 'epoch-2' })
})

it('gives way to a newer build instead of taking the data back', async () => {
  const { connection, connected, until, killWorker } = setup(['new', 'newer'])
  await connected('epoch-1')
  killWorker()
  await until(state => state.type === 'superseded')
  expect(await connection.run({ type: 'create-note' })).toMatchObject({ ok: false })
})

it('shows what a locked device says instead of notes, passes the passphrase on, and goes on once it is open', async () => {
  const { connection, commands, connected, until, killWorker, lockNext, passphrases } = setup(['new', 'new'])
  lockNext()
  expect(await connection.unlock('too early')).toMatchObject({ error: { code: 'connection-lost' } })
  expect(await until(state => state.type === 'lock-screen')).toEqual({
    type: 'lock-screen',
    screen: { type: 'locked', waitMs: 0 },
  })
  const asked = connection.run({ type: 'create-note' })
  expect(await connection.unlock('open sesame')).toEqual(ok(null))
  expect(passphrases).toEqual(['open sesame'])
  expect(commands).toEqual([])
  killWorker()
  await connected('epoch-2')
  expect(await asked).toEqual(ok(null))
})

it('does without a shared worker where that cannot keep keys', async () => {
  const { connected } = setup(['new'], 'new', false)
  expect(await connected('epoch-1')).toEqual({ type: 'connected', epoch: 'epoch-1' })
})
