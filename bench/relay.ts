import { statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { CONTENDERS } from './relay/contenders.ts'
import { createRig, type Turn } from './relay/rig.ts'
import { prepareContenders, versionsOf } from './support/contenders.ts'
import { readOptions } from './support/options.ts'
import { take } from './support/take.ts'

/**
 * The relay beside other servers: how many updates a second reach those who are connected, how soon, how many are
 * confirmed as stored, memory, start, and what a kill costs. Each server runs in a process of its own, and all of its
 * clients in one other process. An update is a word typed into a text, as Yjs encodes it, or as the contender does;
 * what clients have to compute for it is done before anything is measured. What each server does for its updates, and
 * leaves out, is said in relay/contenders.ts.
 */
const options = readOptions({ rounds: 3 })
await prepareContenders()
const packages = ['ws', '@y/websocket-server', 'y-leveldb', '@hocuspocus/server', 'cojson', 'yjs']
const bench = take('relay', options, versionsOf(packages))
const full = <T>(size: T, small: T): T => (options.small ? small : size)

const all = Object.keys(CONTENDERS)
const keeping = all.filter(name => CONTENDERS[name]!.fillStore !== null)
const confirming = all.filter(name => CONTENDERS[name]!.confirms)
/** Hocuspocus confirms what it has in memory. */
const confirmingWhatIsWritten = confirming.filter(name => name !== 'Hocuspocus')

// ── How many updates a second reach those who are connected ──────────────────────────────────────

const ROOMS = full(
  [
    { rooms: 1, clients: 10, senders: 10, updates: 400, window: 20 },
    { rooms: 1, clients: 100, senders: 10, updates: 400, window: 20 },
    { rooms: 200, clients: 5, senders: 1, updates: 100, window: 2 },
    { rooms: 2000, clients: 2, senders: 1, updates: 8, window: 1 },
  ],
  [{ rooms: 1, clients: 10, senders: 2, updates: 40, window: 4 }],
)

for (const { rooms, clients, senders, updates, window } of ROOMS) {
  const about = { with: { rooms, 'clients in each': clients } }
  await using rig = createRig({ rooms, senders, updates })
  await bench.askAll(
    [
      { ...about, measure: 'deliveries', unit: 'a second', better: 'more' },
      { ...about, measure: 'CPU of the server for 10,000 deliveries', unit: 's', better: 'less' },
    ],
    rig.each(all, async ({ freshServer, load }) => {
      await using server = await freshServer()
      await load.join(server.port, { rooms: [0, rooms], members: [0, clients] })
      const flooded = await load.flood({
        until: 'delivered',
        window,
        updates,
        warmUp: 0.25,
        server: server.pid,
      })
      return [flooded.deliveries / flooded.seconds, (flooded.cpu / flooded.deliveries) * 10_000]
    }),
  )
}

// ── How soon an update is there ──────────────────────────────────────────────────────────────────

for (const clients of full([2, 50, 500], [3])) {
  const updates = full(200, 20)
  const about = { with: { clients }, unit: 'ms', better: 'less' } as const
  await using rig = createRig({ rooms: 1, senders: 1, updates })
  await bench.askAll(
    ['p50', 'p95', 'p99'].map(share => ({ ...about, measure: `from sending to delivery, ${share}` })),
    rig.each(all, async ({ freshServer, load }) => {
      await using server = await freshServer()
      await load.join(server.port, { rooms: [0, 1], members: [0, clients] })
      const { p50, p95, p99 } = await load.type({ updates, everyMs: 20 })
      return [p50, p95, p99]
    }),
  )
}

// ── How many updates a second are confirmed as stored ────────────────────────────────────────────

{
  const [rooms, updates, window] = full([50, 200, 4], [5, 20, 4])
  await using rig = createRig({ rooms, senders: 1, updates })
  await bench.askAll(
    [
      {
        measure: 'updates confirmed as stored',
        with: { rooms, 'clients in each': 1 },
        unit: 'a second',
        better: 'more',
      },
    ],
    rig.each(confirmingWhatIsWritten, async ({ freshServer, load }) => {
      await using server = await freshServer()
      await load.join(server.port, { rooms: [0, rooms], members: [0, 1] })
      const flooded = await load.flood({
        until: 'confirmed',
        window,
        updates,
        warmUp: 0.25,
        server: server.pid,
      })
      return [flooded.updates / flooded.seconds]
    }),
  )
}

// ── Memory ───────────────────────────────────────────────────────────────────────────────────────

for (const rooms of full([1000, 10_000], [10])) {
  await using rig = createRig({ rooms, senders: 1, updates: 1 })
  await bench.askAll(
    [
      {
        measure: 'memory with one client in each room',
        with: { rooms },
        unit: 'MB',
        better: 'less',
      },
    ],
    rig.each(all, async ({ keptFolder, serverOn, load }) => {
      const folder = await keptFolder()
      await using server = await serverOn(folder)
      await load.join(server.port, { rooms: [0, rooms], members: [0, 1] })
      return [server.memory() / 1e6]
    }),
  )
}

// ── Start with a large store ─────────────────────────────────────────────────────────────────────

{
  const { bavail, bsize } = statfsSync(tmpdir())
  const bytes = Math.min(full(10e9, 2e6), (bavail * bsize) / (keeping.length + 1))
  await using rig = createRig({ rooms: 1, senders: 1, updates: 10 })
  const filled = new Set<string>()
  await bench.askAll(
    [
      {
        measure: 'start until somebody is in a room and has its text',
        with: { store: `${(bytes / 1e9).toFixed(3)} GB` },
        unit: 'ms',
        better: 'less',
      },
    ],
    rig.each(keeping, async ({ name, contender, keptFolder, serverOn, load }) => {
      const folder = await keptFolder(async server => {
        await load.join(server.port, { rooms: [0, 1], members: [0, 2] })
        await load.flood({ until: 'delivered', window: 1, updates: 10, warmUp: 0, server: server.pid })
      })
      if (!filled.has(name)) contender.fillStore!(folder, bytes)
      filled.add(name)
      const began = performance.now()
      await using server = await serverOn(folder)
      await load.join(server.port, { rooms: [0, 1], members: [2, 3] })
      if ((await load.has(2, 10)) < 10) throw new Error('The text was not there.')
      return [performance.now() - began]
    }),
  )
}

// ── What a kill costs ────────────────────────────────────────────────────────────────────────────

const UPDATES_BEFORE_KILL = 100

/** Killed (SIGKILL) the moment the last of the updates was delivered, then started again for a fresh client. */
const lostByKill = async ({
  freshFolder,
  serverOn,
  load,
}: Turn): Promise<{ all: number; confirmed: number }> => {
  const updates = UPDATES_BEFORE_KILL
  const folder = await freshFolder()
  const { confirmed } = await (async () => {
    await using server = await serverOn(folder)
    await load.join(server.port, { rooms: [0, 1], members: [0, 2] })
    return await load.flood({
      until: 'delivered',
      window: 1,
      updates,
      warmUp: 0,
      server: server.pid,
      kill: true,
    })
  })()
  await load.leave()
  await using server = await serverOn(folder)
  await load.join(server.port, { rooms: [0, 1], members: [2, 3] })
  const left = await load.has(2, updates)
  return { all: updates - left, confirmed: Math.max(0, confirmed - left) }
}

for (const [names, which, what] of [
  [all, 'all', `updates lost of the last ${UPDATES_BEFORE_KILL} delivered at kill -9`],
  [confirming, 'confirmed', 'updates lost at kill -9 that had been confirmed'],
] as const) {
  await using rig = createRig({ rooms: 1, senders: 1, updates: UPDATES_BEFORE_KILL })
  await bench.askAll(
    [{ measure: what, with: {}, unit: 'updates', better: 'less' }],
    rig.each(names, async turn => [(await lostByKill(turn))[which]]),
  )
}

bench.finish()
