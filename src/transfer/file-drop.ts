import type { ReactiveController, ReactiveControllerHost } from 'lit'
import type { ImportSource } from '../../protocol/commands.ts'
import { hasFiles, sourcesFromDrop } from './import-sources.ts'

interface FileDropHandlers {
  dropped(sources: readonly ImportSource[]): void
  failed(error: unknown): void
}

/** Takes files that are dropped anywhere on the page. */
export class FileDrop implements ReactiveController {
  /** Something that could be dropped is held over the page. */
  hovering = false
  #leaving = new AbortController()
  readonly #host: ReactiveControllerHost
  readonly #handlers: FileDropHandlers

  constructor(host: ReactiveControllerHost, handlers: FileDropHandlers) {
    this.#host = host
    this.#handlers = handlers
    host.addController(this)
  }

  hostConnected(): void {
    this.#leaving = new AbortController()
    const { signal } = this.#leaving
    window.addEventListener('dragover', event => this.#onDrag(event), { signal })
    window.addEventListener('dragleave', event => this.#onLeave(event), { signal })
    window.addEventListener('drop', event => void this.#onDrop(event), { signal })
  }

  hostDisconnected(): void {
    this.#leaving.abort()
  }

  #setHovering(hovering: boolean): void {
    this.hovering = hovering
    this.#host.requestUpdate()
  }

  #onDrag(event: DragEvent): void {
    if (!hasFiles(event.dataTransfer)) return
    event.preventDefault()
    if (!this.hovering) this.#setHovering(true)
  }

  #onLeave(event: DragEvent): void {
    // Without a related target the pointer has left the window, not just one element for the next.
    if (event.relatedTarget === null) this.#setHovering(false)
  }

  async #onDrop(event: DragEvent): Promise<void> {
    this.#setHovering(false)
    if (!event.dataTransfer || !hasFiles(event.dataTransfer)) return
    event.preventDefault()
    try {
      this.#handlers.dropped(await sourcesFromDrop(event.dataTransfer))
    } catch (error) {
      this.#handlers.failed(error)
    }
  }
}
