import './trusted-types.ts'
import { BUILD } from '../protocol/build.ts'
import { takeInvitation } from './app/address.ts'
import { after } from './app/after.ts'
import { hearFirstList } from './connection/first-list.ts'
import { followShown } from './connection/shown-workspace.ts'
import { createWorkers } from './connection/start-worker.ts'
import { createWorkerConnection } from './connection/worker-connection.ts'
import { FIRST_ROWS } from './notes/first-rows.ts'
import { tellSeen } from './views/tell-seen.ts'
import { createViewFeed } from './views/view-feed.ts'

/** Two frames. */
const MOMENT_MS = 32

const invitation = takeInvitation(window)
// The worker takes longer to have the notes than the page to show them, so it is started and greeted before the page's
// code is there.
const feed = createViewFeed()
const firstRows = feed.expect(FIRST_ROWS)
tellSeen(document, feed)
const firstList = hearFirstList(BUILD, feed.before)
const connection = createWorkerConnection({
  workers: createWorkers(window),
  locks: navigator.locks,
  build: BUILD,
  feed,
  shown: followShown(feed),
})
firstList.until(connection)
performance.mark('worker started')

const parsed = new Promise<void>(resolve => {
  if (document.readyState !== 'loading') resolve()
  else document.addEventListener('DOMContentLoaded', () => resolve(), { once: true })
})

const start = async (): Promise<void> => {
  const [{ startApp }] = await Promise.all([import('./app/start-app.ts'), parsed])
  // A worker that runs answers in this time, and the page of a second tab is drawn once, with its list.
  const hasRows = await Promise.race([firstRows.then(() => true), after(MOMENT_MS).then(() => false)])
  startApp({ connection, feed, invitation, hasRows })
}
// The app's code imports parts of this file, so this file must not wait for it at its top level.
void start()
