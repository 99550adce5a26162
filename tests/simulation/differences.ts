import { HOME_DOCUMENT } from '../../protocol/ids.ts'
import { documentState, sameState } from '../../worker/documents/document-state.ts'
import type { DeviceHost } from './device-host.ts'
import { documentsOf, type WorkerLife } from './worker-life.ts'

/** In what the devices differ from the first of them, in words. */
export const differences = (devices: readonly DeviceHost[]): string[] => {
  const lives = devices.map(device => device.life())
  if (lives.some(life => life === null)) return ['a device does not run']
  const [first, ...others] = lives as WorkerLife[]
  const mine = documentsOf(first!)
  return others.flatMap((life, index) => {
    const theirs = new Map(documentsOf(life))
    if (theirs.size !== mine.length) return [`d0 and d${index + 1} have other notes open`]
    const unlike = mine.filter(([id, doc]) => {
      const there = theirs.get(id)
      return !there || !sameState(documentState(doc), documentState(there))
    })
    return unlike.map(([id]) => `d0 and d${index + 1} differ in ${id === HOME_DOCUMENT ? 'home' : 'a note'}`)
  })
}
