import { ContextProvider } from '@lit/context'
import '../design/controls.ts'
import './hf-app.ts'
import { onLeaving } from '../connection/leaving.ts'
import { onReturning } from '../connection/returning.ts'
import type { WorkerConnection } from '../connection/worker-connection.ts'
import { createEditStash } from '../editor/edit-stash.ts'
import { createNoteSessions } from '../editor/note-sessions.ts'
import { createUnstoredEdits } from '../editor/unstored-edits.ts'
import { createAppUpdates } from '../install/app-updates.ts'
import { createDeviceMemory } from '../install/device-memory.ts'
import { createInstallOffer } from '../install/install-offer.ts'
import { registerServiceWorker } from '../install/service-worker.ts'
import { createStorageKeeper } from '../install/storage-keeper.ts'
import { createTypingPause } from '../install/typing-pause.ts'
import { keepAppBadge } from '../sync/app-badge.ts'
import { keepBackgroundSync } from '../sync/background-sync.ts'
import type { ViewFeed } from '../views/view-feed.ts'
import { asksForNewNote, noteInAddress } from './address.ts'
import { servicesContext } from './services.ts'

interface Started {
  readonly connection: WorkerConnection
  readonly feed: ViewFeed
  /** A link that the address was opened with, or null. */
  readonly invitation: string | null
}

/** Builds the app into the page. */
export const startApp = ({ connection, feed, invitation }: Started): void => {
  const wantsNote = asksForNewNote(location.search)
  if (wantsNote) history.replaceState(null, '', '/')

  const installOffer = createInstallOffer(window)
  const edits = createUnstoredEdits()
  const stash = createEditStash({
    tab: sessionStorage,
    device: () => localStorage,
    page: crypto.randomUUID(),
  })
  const notes = createNoteSessions({ feed, run: connection.run, edits })
  const before = stash.take()
  notes.goOn(before.legacy, before.writing, noteInAddress(location.hash))
  const takeOver = (page: string) => {
    const legacy = stash.left(page)
    if (legacy) notes.takeOver(legacy)
  }
  for (const page of stash.pages()) takeOver(page)
  // Tabs that stay go on with what one that is closed had to leave.
  window.addEventListener('storage', ({ key, newValue }) => {
    const page = stash.pageOf(key)
    if (page !== null && newValue !== null) takeOver(page)
  })

  const flush = () => connection.run({ type: 'flush' })
  const keepEdits = () => stash.put(notes.kept())
  const typingPause = createTypingPause(window)
  const reload = async () => {
    await typingPause()
    keepEdits()
    location.reload()
  }

  const updates = createAppUpdates({
    skipWaiting: () => serviceWorker.skipWaiting(),
    flush,
    edits,
    reload: () => void reload(),
  })
  const serviceWorker = registerServiceWorker(
    import.meta.env.DEV ? { url: '/dev-sw.js?dev-sw', type: 'module' } : { url: '/sw.js', type: 'classic' },
    { onWaiting: () => updates.waiting(), onTakenOver: () => void updates.takenOver() },
  )
  keepAppBadge(feed, navigator)
  keepBackgroundSync({
    feed,
    registration: serviceWorker.ready,
    controlled: () => navigator.serviceWorker?.controller != null,
    request: path => fetch(path),
  })

  onLeaving(window, unloading => {
    if (unloading) notes.pushRest()
    void flush()
    if (unloading) keepEdits()
  })
  onReturning(window, () => {
    void connection.run({ type: 'wake' })
    void serviceWorker.look()
  })
  // Back from the browser's cache of pages: this page still has the edits itself.
  window.addEventListener('pageshow', event => {
    if (event.persisted) void stash.back(edits.whenAllStored())
  })
  connection.onState(state => {
    if (state.type === 'superseded') void reload()
  })

  const app = document.createElement('hf-app')
  app.invitation = invitation
  new ContextProvider(document.body, {
    context: servicesContext,
    initialValue: {
      connection,
      feed,
      edits,
      notes,
      installOffer,
      updates,
      keepStorage: createStorageKeeper(navigator),
      deviceMemory: createDeviceMemory(() => localStorage),
    },
  })
  document.body.append(app)
  if (wantsNote) void app.newNote()
}
