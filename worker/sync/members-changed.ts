import type { RelayDocuments } from '../documents/relay-documents.ts'
import type { Workspace } from '../workspace/workspace.ts'
import type { CatchUp } from './catch-up.ts'
import type { Channels } from './document/channels.ts'
import type { AccessAgreement } from './relay/access-agreement.ts'
import type { RelayLink } from './relay/relay-link.ts'

interface Deps {
  readonly workspace: Pick<Workspace, 'mayWrite' | 'hasRoot'>
  readonly documents: Pick<RelayDocuments, 'known' | 'isOpen'>
  readonly access: Pick<AccessAgreement, 'publish'>
  readonly link: Pick<RelayLink, 'restart'>
  readonly channels: Pick<Channels, 'open'>
  readonly catchUp: Pick<CatchUp, 'unclean'>
}

/** What is sealed while the newest keys are missing, somebody who is out could read: it waits, in the outbox too. */
export const maySeal = (workspace: Deps['workspace']): boolean => workspace.mayWrite() && workspace.hasRoot()

/** What follows from it that something was said about members, to be called whenever it was. */
export const createMembersChanged = (deps: Deps): (() => void) => {
  const { workspace, documents, access, link, channels, catchUp } = deps
  let couldSeal = maySeal(workspace)

  return () => {
    void access.publish().then(published => published.ok || link.restart())
    // What the service worker delivers may come before what is said about its keys.
    for (const channel of channels.open.values()) channel.membersChanged()
    for (const [id, { clean }] of documents.known())
      if (clean?.doubtful && !documents.isOpen(id)) catchUp.unclean(id)
    if (couldSeal === maySeal(workspace)) return
    couldSeal = maySeal(workspace)
    link.restart() // what waited is taken from the documents with each connection
  }
}
