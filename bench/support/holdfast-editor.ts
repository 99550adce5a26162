import 'fake-indexeddb/auto'
import { inviteDevices, joinBy, type TestInvitation } from '../../tests/support/membership.ts'
import { createDevice } from '../../tests/support/simulated-device.ts'
import { systemClock } from '../../worker/platform/clock.ts'
import { randomId, systemRandom } from '../../worker/platform/random.ts'
import { sealedRelay } from '../../worker/storage/stored-relay.ts'
import { LOG_SLACK_BYTES } from '../../worker/sync/document/compaction.ts'
import { createRelayHttp } from '../../worker/sync/relay/relay-http.ts'
import { createWorkspace } from '../../worker/workspace/workspace.ts'
import type { Editor } from '../contenders/editors/types.d.ts'

let devices = 0

/**
 * Devices of one workspace with one text open: the worker's own code, on an IndexedDB in memory. Their clocks' time
 * passes as many times quicker.
 */
export const openHoldfast = (speed: number) => {
  let invitation: TestInvitation | null = null
  return async (relay: string, document: string | null): Promise<Editor> => {
    let online = true
    devices += 1
    const device = await createDevice({
      name: `bench device ${devices}`,
      speed,
      logSlackBytes: LOG_SLACK_BYTES,
      network: { delay: () => 0, duplicate: () => false, online: () => online },
      workspace: async keys => {
        if (invitation === null)
          return {
            ...(await createWorkspace(keys, systemRandom, systemClock)),
            relays: [sealedRelay(relay)],
          }
        const access = createRelayHttp(relay, invitation.workspace, fetch)
        const joined = await joinBy(invitation, keys, relay, access)
        if (!joined.ok) throw new Error(joined.error.message)
        return joined.value
      },
    })
    const life = await device.start()
    await life.synced()
    if (invitation === null) {
      const invited = await inviteDevices({
        workspace: life.workspace,
        device: device.keys,
        publish: life.sync.access.publish,
      })
      if (!invited.ok) throw new Error(invited.error.message)
      invitation = invited.value
    }
    const id = document ?? randomId(systemRandom)
    const note = await life.open(id)
    await life.synced()
    const text = note.doc.getText('text')
    return {
      document: id,
      insert: (at, content) => text.insert(at, content),
      remove: (at, count) => text.delete(at, count),
      text: () => text.toJSON(),
      onChange: listener => text.observe((_event, { local }) => void (local || listener())),
      goOffline: async () => {
        online = false
        life.cut()
      },
      goOnline: async () => {
        online = true
        life.relays.wake()
        await life.synced()
      },
      close: async () => {
        note.release()
        await life.stop()
      },
    }
  }
}
