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

/** Whether all know the same members and keys, and nothing is owed to anybody; in words where not. */
export const disagreements = (devices: readonly DeviceHost[]): string[] => {
  const all = devices.flatMap(device => device.life()?.session.workspace ?? [])
  const [first, ...others] = all
  const wrong: string[] = []
  if (others.some(workspace => workspace.digest() !== first?.digest())) wrong.push('they know other members')
  for (const [index, workspace] of all.entries()) {
    const { rotationDue, rootless } = workspace.access()
    if (!workspace.hasRoot()) wrong.push(`d${index} lacks the newest keys`)
    if (rotationDue || rootless.length > 0) wrong.push(`d${index} knows of keys that are owed`)
    if (workspace.role() === null) wrong.push(`d${index} is no member`)
  }
  return wrong
}
