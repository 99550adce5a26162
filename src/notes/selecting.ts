import type { ReactiveController, ReactiveControllerHost } from 'lit'
import type { DocumentId } from '../../protocol/ids.ts'
import type { ViewController } from '../views/view-controller.ts'
import { type Selection, visible } from './selection.ts'

/** What is selected of a list of notes, as long as somebody selects. */
export class Selecting implements ReactiveController {
  readonly #host: ReactiveControllerHost
  readonly #notes: ViewController<'notes'>
  #selection: Selection | null = null
  /** The rows that are still to come are to be selected, too. */
  #wantsAll = false

  constructor(host: ReactiveControllerHost, notes: ViewController<'notes'>) {
    this.#host = host
    this.#notes = notes
    host.addController(this)
  }

  /** Null as long as nobody selects. */
  get selection(): Selection | null {
    return this.#selection
  }

  set selection(selection: Selection | null) {
    this.#selection = selection
    this.#host.requestUpdate()
  }

  /** In the order of the list. */
  get notes(): readonly DocumentId[] {
    return (this.#notes.value?.rows ?? []).flatMap(({ id }) => (this.#selection?.has(id) ? [id] : []))
  }

  all(): void {
    const { request, value } = this.#notes
    this.#wantsAll = true
    if (value && value.total > value.rows.length) this.#notes.request = { ...request, limit: value.total }
    this.#host.requestUpdate()
  }

  end(): void {
    this.#wantsAll = false
    this.selection = null
  }

  hostUpdate(): void {
    const { value } = this.#notes
    if (this.#selection === null || !value) return
    const order = value.rows.map(({ id }) => id)
    if (this.#wantsAll && order.length >= value.total) {
      this.#wantsAll = false
      this.#selection = new Set(order)
    } else this.#selection = visible(this.#selection, order)
  }
}
