import './trusted-types.ts'
import { takeInvitation } from './app/address.ts'
import { createWorkers } from './connection/start-worker.ts'

const invitation = takeInvitation(window)
// The worker takes longer to have the notes than the page to show them, so it starts before the page's code is there.
const workers = createWorkers(window)
const { startApp } = await import('./app/start-app.ts')
startApp(workers, invitation)
