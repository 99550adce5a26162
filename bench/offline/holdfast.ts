import 'fake-indexeddb/auto'
import { setTimeout as pause } from 'node:timers/promises'
import type { DocumentId } from '../../protocol/ids.ts'
import { HOME_DOCUMENT } from '../../protocol/ids.ts'
import { startProxy } from '../../tests/support/browser/proxy.ts'
import { inviteDevices, joinBy } from '../../tests/support/membership.ts'
import { createDevice, type DeviceLife, textOf } from '../../tests/support/simulated-device.ts'
import { systemClock } from '../../worker/platform/clock.ts'
import { randomId, systemRandom } from '../../worker/platform/random.ts'
import { sealedRelay } from '../../worker/storage/stored-relay.ts'
import { LOG_SLACK_BYTES } from '../../worker/sync/document/compaction.ts'
import { createRelayHttp } from '../../worker/sync/relay/relay-http.ts'
import { createWorkspace } from '../../worker/workspace/workspace.ts'
import { startServer } from '../relay/server-process.ts'
import { relayAt } from '../support/editors.ts'
import { folderFor } from '../support/folder.ts'
import type { OpenWorkspace } from './workspace.ts'

/** So many notes are open at once while all of them are made. */
const MADE_AT_ONCE = 50
const LOOK_AGAIN_MS = 5

let devices = 0

// Each of y-websocket's providers waits for the end of the process.
process.setMaxListeners(0)

/** The worker's own code with IndexedDB in memory; no note is open on the other device. */
export const openHoldfast: OpenWorkspace = async (texts, changed, later) => {
  const proxy = await startProxy()
  later(() => proxy.close())
  const relay = await startServer(relayAt(proxy.url), await folderFor(later))
  later(relay.stop)
  proxy.leadTo(relay.port)

  let online = true
  const network = { delay: () => 0, duplicate: () => false, online: () => online }
  const about = { speed: 1, logSlackBytes: LOG_SLACK_BYTES }
  devices += 2
  const first = await createDevice({
    ...about,
    name: `bench device ${devices}`,
    network,
    workspace: async keys => ({
      ...(await createWorkspace(keys, systemRandom, systemClock)),
      relays: [sealedRelay(proxy.url)],
    }),
  })
  const one = await first.start()
  later(() => one.stop())
  const ids = texts.map(() => randomId(systemRandom) as DocumentId)
  await make(one, ids, texts)
  await one.synced()

  const invited = await inviteDevices({
    workspace: one.workspace,
    device: first.keys,
    publish: one.sync.access.publish,
  })
  if (!invited.ok) throw new Error(invited.error.message)
  const second = await createDevice({
    ...about,
    name: `bench device ${devices + 1}`,
    workspace: async keys => {
      const access = createRelayHttp(proxy.url, invited.value.workspace, fetch)
      const joined = await joinBy(invited.value, keys, proxy.url, access)
      if (!joined.ok) throw new Error(joined.error.message)
      return joined.value
    },
  })
  const two = await second.start()
  later(() => two.stop())
  const until = async (come: () => boolean): Promise<void> => {
    do {
      await two.synced()
      await pause(LOOK_AGAIN_MS)
    } while (!come())
  }
  const placesAt = (life: DeviceLife) =>
    ids.slice(0, changed).map(id => life.documents.known().get(id)?.clean?.position ?? 0)
  await until(() => ids.every(id => two.documents.known().get(id)?.clean))

  let before: readonly number[] = []
  return {
    bytes: proxy.bytes,
    writeOffline: async changes => {
      before = placesAt(two)
      online = false
      one.cut()
      const home = await one.open(HOME_DOCUMENT)
      const named = home.doc.getMap<number>('named')
      for (const [note, own] of Map.groupBy(changes, change => change.note)) {
        const open = await one.open(ids[note]!)
        const text = open.doc.getText('text')
        for (const { at, remove, insert } of own) {
          if (remove > 0) text.delete(at, remove)
          if (insert !== '') text.insert(at, insert)
        }
        named.set(ids[note]!, Date.now())
        await open.stored()
        open.release()
      }
      await home.stored()
      home.release()
    },
    comeTogether: async () => {
      online = true
      one.relays.wake()
      await one.synced()
      await until(() => placesAt(two).every((position, index) => position > before[index]!))
    },
    check: async () => {
      for (const id of ids.slice(0, changed)) {
        // In the background: a document that was opened stays loaded, and the next round is to find none so.
        const [here, there] = [
          await one.documents.openInBackground(id),
          await two.documents.openInBackground(id),
        ]
        if (textOf(here) !== textOf(there)) throw new Error('The devices have not the same notes.')
        here.release()
        there.release()
      }
    },
  }
}

const make = async (
  life: DeviceLife,
  ids: readonly DocumentId[],
  texts: readonly string[],
): Promise<void> => {
  const home = await life.open(HOME_DOCUMENT)
  const named = home.doc.getMap<number>('named')
  const left = [...ids.entries()]
  const makeRest = async (): Promise<void> => {
    for (let next = left.pop(); next; next = left.pop()) {
      const [index, id] = next
      const open = await life.documents.openInBackground(id)
      open.doc.getText('text').insert(0, texts[index]!)
      named.set(id, Date.now())
      await open.stored()
      open.release()
    }
  }
  await Promise.all(Array.from({ length: MADE_AT_ONCE }, makeRest))
  await home.stored()
  home.release()
}
