import { createContext } from '@lit/context'
import type { WorkerConnection } from '../connection/worker-connection.ts'
import type { Editing } from '../editor/editing.ts'
import type { UnstoredEdits } from '../editor/unstored-edits.ts'
import type { AppUpdates } from '../install/app-updates.ts'
import type { DeviceMemory } from '../install/device-memory.ts'
import type { InstallOffer } from '../install/install-offer.ts'
import type { ViewFeed } from '../views/view-feed.ts'

/** What elements use of the world outside of themselves. */
export interface Services {
  readonly connection: WorkerConnection
  readonly feed: ViewFeed
  readonly edits: UnstoredEdits
  readonly editing: Editing
  readonly installOffer: InstallOffer
  readonly updates: AppUpdates
  /** Asks the browser to keep the app's data for good; called when there is the first note. */
  keepStorage(): void
  readonly deviceMemory: DeviceMemory
}

export const servicesContext = createContext<Services>('holdfast-services')
