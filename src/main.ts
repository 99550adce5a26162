import './trusted-types.ts'
import { BUILD } from '../protocol/build.ts'
import { takeInvitation } from './app/address.ts'
import { hearFirstList } from './connection/first-list.ts'
import { followShown } from './connection/shown-workspace.ts'
import { createWorkers } from './connection/start-worker.ts'
import { createWorkerConnection } from './connection/worker-connection.ts'
import { FIRST_ROWS } from './notes/first-rows.ts'
import { tellSeen } from './views/tell-seen.ts'
import { createViewFeed } from './views/view-feed.ts'

const invitation = takeInvitation(window)
// The worker takes longer to have the notes than the page to show them, so it is started and greeted before the page's
// code is there.
const feed = createViewFeed()
feed.expect(FIRST_ROWS)
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
const { startApp } = await import('./app/start-app.ts')
startApp({ connection, feed, invitation })
