import { LOCK_CHANNEL } from '../../protocol/lock.ts'
import type { ConnectionState, WorkerConnection } from '../connection/worker-connection.ts'
import './hf-lock-screen.ts'

interface Deps {
  readonly page: Window
  readonly app: HTMLElement
  readonly connection: Pick<WorkerConnection, 'onState' | 'unlock' | 'state'>
  /** Gives the worker what was typed last. */
  readonly pushRest: () => void
}

/**
 * Shows the lock screen in the place of the app. A page that has shown notes is loaded again when the device was locked:
 * nothing else makes a browser forget all that the page had in memory.
 */
export const guardPage = ({ page, app, connection, pushRest }: Deps): void => {
  const { document, location } = page
  const screen = document.createElement('hf-lock-screen')
  screen.unlock = connection.unlock
  let hasShown = connection.state.type === 'connected'
  let isLocking = false

  const cover = (): void => {
    app.hidden = true
    if (!screen.isConnected) document.body.append(screen)
  }
  const uncover = (): void => {
    screen.remove()
    app.hidden = false
  }
  const follow = (state: ConnectionState): void => {
    if (state.type === 'lock-screen') {
      screen.screen = state.screen
      cover()
      if (hasShown && state.screen.type === 'locked') location.reload()
    } else if (state.type === 'connecting') {
      if (isLocking) location.reload()
    } else if (!isLocking) {
      hasShown ||= state.type === 'connected'
      uncover()
    }
  }

  const channel = new BroadcastChannel(LOCK_CHANNEL)
  channel.onmessage = () => {
    // Before the worker has stored everything and ended: nobody sees anything from here on.
    isLocking = true
    screen.screen = null
    cover()
    pushRest()
  }
  connection.onState(follow)
  follow(connection.state)
}
