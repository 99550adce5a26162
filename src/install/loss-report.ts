import type { DocumentsLoss, Renewed, StorageValue } from '../../protocol/views.ts'
import type { Remembered } from './device-memory.ts'

/** What to tell of something that the browser took away, or a new version put elsewhere. */
export interface LossReport {
  readonly heading: string
  readonly text: string
  /** Titles of what did not come back. */
  readonly titles: readonly string[]
}

const notes = (count: number) => `${count.toLocaleString()} ${count === 1 ? 'note' : 'notes'}`

const titled = (titles: readonly string[]) => titles.map(title => title || 'A note without a title')

const lostDevice = ({ notes: count, relay }: Remembered, kept: number): LossReport => {
  const where =
    relay === null
      ? 'Sync was off, so they were only here: if you exported a copy, import it again.'
      : `What had reached the relay at ${relay} is safe there. Its keys are gone from this device, so it has to be let in again: choose “Add a device” in Holdfast on another device of yours, and open the link here. What had not reached the relay is gone.`
  const found =
    kept === 0 ? '' : ` ${notes(kept)} ${kept === 1 ? 'was' : 'were'} found in what was left, and kept.`
  return {
    heading: 'This browser has removed what Holdfast stored on this device.',
    text: `There ${count === 1 ? 'was' : 'were'} ${notes(count)} here.${found} ${where}`,
    titles: [],
  }
}

const lostDocuments = (
  { gone, index, fetching, lost, unsure }: DocumentsLoss,
  relay: boolean,
): LossReport => {
  const heading = index
    ? 'This browser has removed the list of your notes from this device.'
    : `This browser has removed ${gone === 1 ? 'the text of a note' : `the texts of ${notes(gone)}`} from this device.`
  if (fetching)
    return {
      heading,
      text: 'They are fetched from the relay again. When that is done, this tells whether anything was only here.',
      titles: [],
    }
  if (lost.length > 0) {
    const copy =
      'If another device has them, they come when it is online; a copy that you exported can be imported.'
    return {
      heading,
      text: `${notes(lost.length)} did not come back as ${lost.length === 1 ? 'it was' : 'they were'}. ${copy}`,
      titles: titled(lost),
    }
  }
  if (unsure.length > 0)
    return {
      heading,
      text: `What the relay has came back. ${notes(unsure.length)} may lack the last words that were typed on this device:`,
      titles: titled(unsure),
    }
  if (!index || relay)
    return { heading, text: 'Everything came back from the relay. Nothing was lost.', titles: [] }
  return { heading, text: 'Texts that are still here wait under “Recovered”.', titles: [] }
}

const renewal = ({ notes: count, synced }: Renewed): LossReport => {
  const taken = count === 0 ? '' : `Your ${notes(count)} ${count === 1 ? 'was' : 'were'} taken over.`
  const sync = synced ? 'Sync is off now: turn it on again and invite your other devices anew.' : ''
  return {
    heading: 'This version keeps workspaces in a new form.',
    text: [taken, sync].filter(Boolean).join(' '),
    titles: [],
  }
}

/** Null where there is nothing to tell. */
export const lossReport = (
  value: StorageValue,
  remembered: Remembered | null,
  relay: boolean,
): LossReport | null => {
  if (value.loss) return lostDocuments(value.loss, relay)
  if (value.renewed) return renewal(value.renewed)
  const isOther = remembered !== null && remembered.device !== value.device
  if (isOther && remembered.notes > 0) return lostDevice(remembered, value.kept)
  if (value.kept > 0) return lostDevice({ device: value.device, notes: value.kept, relay: null }, value.kept)
  return null
}
