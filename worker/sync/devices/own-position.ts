import type { DocumentId } from '../../../protocol/ids.ts'
import type { RelayDocuments } from '../../documents/relay-documents.ts'
import type { CatchUp } from '../catch-up.ts'
import type { Channels } from '../document/channels.ts'
import type { LogExtent } from '../relay/log-extent.ts'
import type { RelayLink } from '../relay/relay-link.ts'
import { storedPosition } from './stored-position.ts'

/** How far this device is in the relay's log, to be told to the others. */
export interface OwnPosition {
  /** Up to where everything of the log is stored here; null where that is not known now. */
  stored(): number | null
  /** Makes sure that what came since is known to be all. */
  probe(): void
}

interface Deps {
  readonly link: Pick<RelayLink, 'hello'>
  readonly catchUp: Pick<CatchUp, 'covered' | 'pending' | 'probe'>
  readonly channels: Pick<Channels, 'storedUpTo'>
  readonly extent: LogExtent
  readonly documents: Pick<RelayDocuments, 'known'>
  readonly isDeleted: (id: DocumentId) => boolean
}

export const createOwnPosition = ({ link, catchUp, channels, extent, ...deps }: Deps): OwnPosition => ({
  stored: () => {
    const hello = link.hello()
    const covered = catchUp.covered()
    const open = channels.storedUpTo()
    if (hello === null || covered === null || open === null) return null
    return storedPosition({
      log: hello.log,
      covered,
      named: extent.ends(),
      open,
      pending: catchUp.pending(),
      known: deps.documents.known(),
      isDeleted: deps.isDeleted,
    })
  },
  probe: () => {
    const covered = catchUp.covered()
    if (covered !== null && extent.end() > covered) catchUp.probe()
  },
})
