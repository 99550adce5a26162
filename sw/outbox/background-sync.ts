import { SYNC_TAG } from '../../protocol/outbox.ts'

/**
 * Asks the browser to wake this service worker when there is a network. The page asks too, but a tag that fired while
 * the outbox was still empty is used up; so it is asked for again with every entry, while a window still allows it.
 */
export const askForSync = async (registration: ServiceWorkerRegistration): Promise<void> => {
  if (!('sync' in registration)) return // Firefox and Safari deliver when the app is opened
  try {
    await registration.sync.register(SYNC_TAG)
  } catch {
    // No window is open any more, or the person forbade it: the next start of this script delivers.
  }
}
