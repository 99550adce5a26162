import type { PersonId } from '../../protocol/access/acts.ts'
import type { Access } from '../../protocol/access/judge.ts'
import type { DeviceId } from '../../protocol/ids.ts'
import type { DeviceName } from '../../protocol/people.ts'
import { cleanName } from '../../protocol/workspace-look.ts'
import { openCard } from '../keys/sealed-root.ts'
import type { Keyring } from './keyring.ts'

const NO_NAME: DeviceName = { person: '', device: '' }

/** Enough of an id to tell two devices apart by. */
const shortId = (id: string): string => id.slice(0, 6)

/** Cut to one line each, and to a length that fits a row. */
export const cleanDeviceName = ({ person, device }: DeviceName): DeviceName => ({
  person: cleanName(String(person)),
  device: cleanName(String(device)),
})

/** What stands in a device's card. */
export const cardText = (name: DeviceName): string => JSON.stringify(cleanDeviceName(name))

const readCardText = (text: string): DeviceName => {
  try {
    const { person, device } = JSON.parse(text) as Partial<DeviceName>
    return cleanDeviceName({ person: person ?? '', device: device ?? '' })
  } catch {
    return NO_NAME
  }
}

/** The names of devices and persons, as far as their cards could be opened. */
export interface Names {
  device(id: DeviceId): string
  /** Each of a person's devices carries it; the first one that says it counts, or else the name of that device. */
  person(id: PersonId): string
  isNamed(id: PersonId): boolean
  /** What a device's card says, and nothing else. */
  own(id: DeviceId): DeviceName
}

/** Opens cards, each once. What could not be opened is tried again: keys may have come since. */
export const createNameReader = (keyring: Pick<Keyring, 'root'>) => {
  const opened = new Map<string, DeviceName>()

  const open = async (card: string | null): Promise<void> => {
    if (card === null || opened.has(card)) return
    const text = await openCard(card, keyring.root)
    if (text !== null) opened.set(card, readCardText(text))
  }

  return async (access: Pick<Access, 'devices'>): Promise<Names> => {
    await Promise.all([...access.devices.values()].map(({ card }) => open(card)))
    const nameOf = (id: DeviceId): DeviceName => opened.get(access.devices.get(id)?.card ?? '') ?? NO_NAME
    const deviceName = (id: DeviceId): string => nameOf(id).device || `Unnamed device ${shortId(id)}`
    const devicesOf = (id: PersonId): readonly DeviceId[] =>
      [...access.devices].flatMap(([device, { person }]) => (person === id ? [device] : []))
    const saidName = (id: PersonId): string =>
      devicesOf(id)
        .map(device => nameOf(device).person)
        .find(name => name !== '') ?? ''
    return {
      device: deviceName,
      person: id => saidName(id) || deviceName(devicesOf(id)[0] ?? id),
      isNamed: id => saidName(id) !== '',
      own: nameOf,
    }
  }
}
