import type { ReactiveController, ReactiveControllerHost } from 'lit'
import type { Dialogs } from './dialogs.ts'
import { wish } from './events.ts'
import type { Navigation } from './navigation.ts'
import { isInDialog, shortcutFor, writesText } from './shortcuts.ts'

interface Deps {
  readonly navigation: Navigation
  readonly dialogs: Dialogs
  readonly focusFilter: () => void
  /** Whether notes were selected, and are no more. */
  readonly stopSelection: () => boolean
  readonly store: () => void
}

/** Does what the app's shortcuts stand for, wherever on the page they are pressed. */
export class Keyboard implements ReactiveController {
  readonly #host: HTMLElement
  readonly #deps: Deps
  #leaving = new AbortController()

  constructor(host: ReactiveControllerHost & HTMLElement, deps: Deps) {
    this.#host = host
    this.#deps = deps
    host.addController(this)
  }

  hostConnected(): void {
    this.#leaving = new AbortController()
    window.addEventListener('keydown', event => this.#onKey(event), { signal: this.#leaving.signal })
  }

  hostDisconnected(): void {
    this.#leaving.abort()
  }

  #onKey(event: KeyboardEvent): void {
    const { navigation, dialogs, focusFilter, stopSelection, store } = this.#deps
    if (event.defaultPrevented || dialogs.open || isInDialog(event)) return
    const shortcut = shortcutFor(event, writesText(event))
    switch (shortcut) {
      case 'new-note':
        wish(this.#host, { type: 'new-note' })
        break
      case 'filter':
        focusFilter()
        break
      case 'store':
        store()
        break
      case 'leave':
        if (stopSelection()) break
        if (navigation.note !== null || navigation.page) wish(this.#host, { type: 'close-note' })
        else if (navigation.place !== 'notes') wish(this.#host, { type: 'show-place', place: 'notes' })
        else return
        break
      case null:
        return
    }
    event.preventDefault()
  }
}
