import type { DeviceHost } from './device-host.ts'
import { HIDES, SHOWS } from './hostile.ts'
import type { World } from './world.ts'

/** Something that goes wrong, or that a person or a browser does. The weight says how often. */
export interface Happening {
  readonly name: string
  readonly weight: number
  act(world: World, device: DeviceHost): void
}

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

const happening = (
  name: string,
  weight: number,
  act: (world: World, device: DeviceHost) => void,
): Happening => ({ name, weight, act })

export const HAPPENINGS: readonly Happening[] = [
  happening('connection cut', 3, ({ network }, { name }) => network.cut(name)),
  happening('connection half open', 1, ({ network }, { name }) => network.silence(name)),
  happening('network gone', 3, ({ network }, { name }) => {
    network.weather(name).online = false
    network.cut(name)
  }),
  happening('network back', 4, ({ network }, device) => {
    network.weather(device.name).online = true
    device.act('online', ({ session }) => session.sync()?.wake())
  }),
  happening('network slow', 2, ({ network, dice }, { name }) => {
    network.weather(name).slowness = dice.pick([3, 50, 500, 5000])
  }),
  happening('messages doubled', 2, ({ network }, { name }) => {
    const weather = network.weather(name)
    weather.doubles = !weather.doubles
  }),
  happening('answers lost', 1, ({ network }, { name }) => {
    const weather = network.weather(name)
    weather.losesAnswers = !weather.losesAnswers
  }),
  happening('worker killed', 4, ({ dice, burn }, device) => {
    const process = device.worker()
    if (process) burn(device, process, 1 + dice.below(dice.pick([5, 40, 200])), device.killWorker)
  }),
  happening('tabs closed', 2, ({ dice, burn }, device) => {
    device.act('tabs closed', ({ session }) => void session.flush())
    const process = device.worker()
    if (process) burn(device, process, 1 + dice.below(60), device.killWorker)
  }),
  happening('worker started', 6, (world, device) => world.start(device)),
  happening('service worker killed', 2, ({ dice, burn }, device) => {
    device.sync() // which starts it, and gives it something to be killed in
    const process = device.serviceWorker()
    if (process) burn(device, process, 1 + dice.below(40), device.killServiceWorker)
  }),
  happening('sync event', 3, (_world, device) => device.sync()),
  happening('note closed', 2, (_world, device) =>
    device.act('close a note', ({ notes }) => {
      const [id, note] = [...notes][0] ?? []
      if (id === undefined) return
      notes.delete(id)
      note!.release()
    }),
  ),
  happening('notes made at once', 2, ({ deeds, devices }) => {
    for (const device of devices()) device.act('make a note', life => deeds.make(life, device))
  }),
  happening('note trashed', 4, ({ deeds }, device) =>
    device.act('trash a note', life => deeds.move(life, device, 'trash')),
  ),
  happening('note restored', 4, ({ deeds }, device) =>
    device.act('restore a note', life => deeds.move(life, device, 'notes')),
  ),
  happening('note deleted for good', 4, ({ deeds }, device) =>
    device.act('delete a note', life => deeds.remove(life, device)),
  ),
  happening('trash emptied', 1, ({ deeds }, device) =>
    device.act('empty the trash', life => deeds.emptyTrash(life, device)),
  ),
  happening('files imported', 1, ({ deeds }, device) =>
    device.act('import files', life => deeds.bringFiles(life, device)),
  ),
  happening('lost texts recovered', 1, ({ deeds }, device) => device.act('recover', deeds.recover)),
  happening('sync turned off', 1, ({ deeds }, device) => device.act('sync off', deeds.turnSyncOff)),
  happening('sync turned on', 2, ({ deeds }, device) =>
    device.act('sync on', life => deeds.turnSyncOn(life, device)),
  ),
  happening('new build takes over', 2, (_world, device) => device.handOver()),
  happening('database lost', 1, (world, device) => world.loseDatabase(device)),
  happening('flushed', 1, (_world, device) => device.act('flush', ({ session }) => session.flush())),
  happening('disk slow', 1, ({ dice }, device) => {
    device.disk().slowness = dice.pick([0, 2, 50])
  }),
  happening('disk full', 1, (_world, device) => {
    device.disk().full = !device.disk().full
  }),
  happening('clock off', 1, ({ dice }, device) => {
    device.host.skew = dice.pick([0, 0, 30_000, -30_000, 7 * HOUR_MS, -7 * HOUR_MS])
  }),
  happening('idle for minutes', 1, ({ pass }) => pass(6 * MINUTE_MS)),
  happening('relay killed', 2, ({ relay }) => relay().kill()),
  happening('relay started', 4, ({ relay }) => relay().start()),
  happening('relay rolled back', 1, ({ relay }) => relay().restore('same log')),
  happening('relay restored under a new name', 1, ({ relay }) => relay().restore('new log')),
  happening('relay emptied', 1, ({ relay }) => relay().restore('empty')),
  happening('relay disk full', 1, ({ relay }) => {
    const { disk } = relay().host
    disk.full = !disk.full
  }),
  happening('relay shows its malice', 2, ({ relay, dice, devices }) =>
    relay().turn(dice.pick(SHOWS), dice.pick(devices()).name),
  ),
  happening('relay hides its malice', 2, ({ relay, dice, devices }) =>
    relay().turn(dice.pick(HIDES), dice.pick(devices()).name),
  ),
  happening('relay turns honest', 1, ({ relay }) => relay().turn(null, '')),
  happening('storage evicted', 1, (world, device) => world.evict(device)),
  happening('keys changed', 2, (_world, device) =>
    device.act('change the keys', async ({ session }) => void (await session.membership.rotate())),
  ),
  happening('device removed', 2, (world, device) => world.remove(device)),
  happening('profile copied', 1, (world, device) => world.copy(device)),
  happening('away for weeks', 1, (world, device) => {
    device.killWorker()
    device.killServiceWorker()
    world.machine.sleep(20 * DAY_MS)
  }),
]

/** What happens besides where devices use several relays. */
export const RELAY_HAPPENINGS: readonly Happening[] = [
  happening('one relay out of reach', 4, ({ network, relay }, { name }) => {
    const { origin } = relay().host
    network.weather(name).unreachable.add(origin)
    network.cut(name, origin)
  }),
  happening('all relays in reach', 3, ({ network }, device) => {
    network.weather(device.name).unreachable.clear()
    device.act('in reach', ({ session }) => session.sync()?.wake())
  }),
  happening('connection to one relay cut', 2, ({ network, relay }, { name }) =>
    network.cut(name, relay().host.origin),
  ),
  happening('connection to one relay half open', 2, ({ network, relay }, { name }) =>
    network.silence(name, relay().host.origin),
  ),
  happening('relay added', 5, ({ deeds, relay }, device) => {
    const { origin } = relay().host
    device.act('add a relay', life => deeds.addRelay(life, device, origin))
  }),
  happening('relay removed', 4, ({ deeds, relay }, device) => {
    const { origin } = relay().host
    device.act('remove a relay', life => deeds.removeRelay(life, origin))
  }),
]
