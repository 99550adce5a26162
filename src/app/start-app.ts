import { ContextProvider } from '@lit/context'
import '../design/controls.ts'
import './hf-app.ts'
import { onLeaving } from '../connection/leaving.ts'
import { onReturning } from '../connection/returning.ts'
import type { ConnectionState, WorkerConnection } from '../connection/worker-connection.ts'
import { createEditStash } from '../editor/edit-stash.ts'
import { createEditing } from '../editor/editing.ts'
import { createUnstoredEdits } from '../editor/unstored-edits.ts'
import { createAppUpdates } from '../install/app-updates.ts'
import { createDeviceMemory } from '../install/device-memory.ts'
import { createInstallOffer } from '../install/install-offer.ts'
import { registerServiceWorker } from '../install/service-worker.ts'
import { createStorageKeeper } from '../install/storage-keeper.ts'
import { createTypingPause } from '../install/typing-pause.ts'
import { watchActivity } from '../lock/activity.ts'
import { followLock } from '../lock/device-lock.ts'
import { guardPage } from '../lock/lock-page.ts'
import { keepAppBadge } from '../sync/app-badge.ts'
import { keepBackgroundSync } from '../sync/background-sync.ts'
import { resumeClipboard } from '../vault/clipboard-due.ts'
import type { ViewFeed } from '../views/view-feed.ts'
import { asksForNewNote, noteInAddress } from './address.ts'
import { after } from './after.ts'
import { afterPaint } from './after-paint.ts'
import { loadNotAtFirst } from './later-code.ts'
import { servicesContext } from './services.ts'
import { whenIdle } from './when-idle.ts'

interface Started {
  readonly connection: WorkerConnection
  readonly feed: ViewFeed
  /** A link that the address was opened with, or null. */
  readonly invitation: string | null
  /** The list has something to show at once. */
  readonly hasRows: boolean
}

/** What is typed is stored within moments, or there is no worker to store it. */
const STORING_MS = 3_000

/** Builds the app into the page. */
export const startApp = ({ connection, feed, invitation, hasRows }: Started): void => {
  const wantsNote = asksForNewNote(location.search)
  if (wantsNote) history.replaceState(null, '', '/')

  const installOffer = createInstallOffer(window)
  const edits = createUnstoredEdits()
  const stash = createEditStash({
    tab: sessionStorage,
    device: () => localStorage,
    page: crypto.randomUUID(),
  })
  const editing = createEditing({
    code: () => import('../editor/start-editing.ts'),
    page: document,
    edits,
    editing: () => ({
      feed,
      run: connection.run,
      edits,
      stash,
      shown: noteInAddress(location.hash),
      page: window,
    }),
  })
  const tellUnloaded = (error: unknown) => console.error('The editor could not be loaded.', error)
  // What was left has to be stored, whether or not a note is opened here.
  if (stash.any()) editing.load().catch(tellUnloaded)

  const lock = followLock(feed)
  const flush = () => connection.run({ type: 'flush' })
  const keepEdits = () => {
    // Where it could be read: the worker has what it was given, and that has to do.
    if (lock.isOn()) return
    const words = editing.leaveWords()
    const notes = editing.loaded()?.kept()
    if (notes) stash.put({ ...notes, unstored: [...notes.unstored, ...words] })
    else if (words.length > 0) stash.putWords(words)
  }
  const typingPause = createTypingPause(window)
  const reload = async () => {
    await typingPause()
    if (lock.isOn()) await Promise.race([edits.whenAllStored(), after(STORING_MS)])
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
    if (unloading) editing.loaded()?.pushRest()
    void flush()
    if (unloading) keepEdits()
  })
  onReturning(window, () => {
    void connection.run({ type: 'wake' })
    void serviceWorker.look()
  })
  // Back from the browser's cache of pages: this page still has the edits itself.
  window.addEventListener('pageshow', event => {
    if (!event.persisted) return
    // First words went to the page behind this one, so that they are not here any more: another tab may have them.
    if (editing.leaveWords().length > 0) location.reload()
    else if (editing.loaded()) void stash.back(edits.whenAllStored())
  })
  const prepare = (): void => {
    void loadNotAtFirst().catch(error => console.error('A part of the app could not be loaded.', error))
    void editing.prepare().catch(tellUnloaded)
  }
  const follow = (state: ConnectionState): void => {
    if (state.type === 'superseded') void reload()
    // Not before: a shared worker hears of its first page only when that page's main thread has time.
    if (state.type === 'connected') whenIdle(window, prepare)
  }
  connection.onState(follow)
  follow(connection.state)

  const app = document.createElement('hf-app')
  app.listOnly = hasRows && document.visibilityState === 'visible'
  if (invitation) app.join(invitation)
  new ContextProvider(document.body, {
    context: servicesContext,
    initialValue: {
      connection,
      feed,
      edits,
      editing,
      installOffer,
      updates,
      keepStorage: createStorageKeeper(navigator),
      deviceMemory: createDeviceMemory(() => localStorage),
    },
  })
  document.body.append(app)
  if (app.listOnly)
    afterPaint(window, () => {
      app.listOnly = false
    })
  guardPage({
    page: window,
    app,
    connection,
    pushRest: () => {
      editing.loaded()?.pushRest()
      void flush()
    },
  })
  watchActivity({
    page: window,
    now: () => Date.now(),
    matters: lock.isOn,
    tell: () => void connection.run({ type: 'active' }),
  })
  performance.mark('page drawn')
  resumeClipboard(sessionStorage)
  if (wantsNote) void app.newNote()
}
