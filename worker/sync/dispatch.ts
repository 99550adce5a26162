import type { DocumentId } from '../../protocol/ids.ts'
import { isLasting, type Refused, type RelayMessage } from '../../protocol/relay-messages.ts'
import type { CatchUp } from './catch-up.ts'
import type { Slots } from './devices/slots.ts'
import type { Channel } from './document/channel.ts'
import type { AccessAgreement } from './relay/access-agreement.ts'
import type { RelayLink } from './relay/relay-link.ts'

interface Deps {
  readonly channels: ReadonlyMap<DocumentId, Channel>
  readonly catchUp: Pick<CatchUp, 'changed' | 'unclean'>
  readonly slots: Pick<Slots, 'received'>
  readonly access: Pick<AccessAgreement, 'changed' | 'refresh'>
  readonly link: Pick<RelayLink, 'refuse' | 'restart'>
  /** Whether this device may write, as far as it has heard. */
  readonly mayWrite: () => boolean
}

/** Hands what the relay says to those whom it concerns. */
export const createDispatch = ({ channels, catchUp, slots, access, link, mayWrite }: Deps) => {
  /** Whoever became a reader while something was on the way reads on. It stays unsent here until they may write again. */
  const refusedAsReader = async (message: Refused): Promise<void> => {
    if (mayWrite()) await access.refresh()
    if (mayWrite()) link.refuse(message)
    else link.restart()
  }

  const refused = (message: Refused): void => {
    const { document, code } = message
    // Only a slot: what people write has its document with it.
    if (document === null && code === 'quota-bytes') return
    if (document !== null && channels.get(document)?.refused(message)) return
    if (code === 'scope') void refusedAsReader(message)
    else if (isLasting(code) || code.startsWith('envelope-')) link.refuse(message)
    else link.restart()
  }

  return (message: RelayMessage): void => {
    switch (message.type) {
      case 'changed':
        catchUp.changed(message)
        return
      case 'slots':
        void slots.received(message)
        return
      case 'access':
        access.changed(message.access)
        return
      case 'content':
        // It was on its way when the document was closed: nobody names it again.
        if (!channels.has(message.document) && message.entries.length > 0) catchUp.unclean(message.document)
        channels.get(message.document)?.received(message)
        return
      case 'done':
      case 'known':
      case 'ephemeral':
        channels.get(message.document)?.received(message)
        return
      case 'refused':
        refused(message)
        return
      case 'hello':
      case 'pong':
        return
    }
  }
}
