import type { ReactiveController, ReactiveControllerHost } from 'lit'
import type { WorkspaceId } from '../../protocol/ids.ts'
import type { WorkspaceRow } from '../../protocol/views.ts'
import { ViewController } from '../views/view-controller.ts'

/** All workspaces of this device, and which of them is shown. */
export class ShownWorkspace implements ReactiveController {
  readonly #workspaces: ViewController<'workspaces'>
  readonly #onOther: () => void
  #id: WorkspaceId | undefined

  /** `onOther`: another one is shown than before, perhaps by way of another tab. */
  constructor(host: ReactiveControllerHost & HTMLElement, onOther: () => void) {
    this.#workspaces = new ViewController(host, { view: 'workspaces' })
    this.#onOther = onOther
    host.addController(this)
  }

  get rows(): readonly WorkspaceRow[] {
    return this.#workspaces.value?.rows ?? []
  }

  /** Undefined before the worker has told it for the first time. */
  get id(): WorkspaceId | undefined {
    return this.#id
  }

  hostUpdate(): void {
    const shown = this.rows.find(({ current }) => current)?.id
    if (shown === undefined || shown === this.#id) return
    const isFirst = this.#id === undefined
    this.#id = shown
    if (!isFirst) this.#onOther()
  }
}
