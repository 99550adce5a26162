import { html, nothing, type ReactiveController, type ReactiveControllerHost } from 'lit'
import { keyed } from 'lit/directives/keyed.js'
import type { DocumentId, WorkspaceId } from '../../protocol/ids.ts'
import { newCommandId } from '../connection/command-queue.ts'
import '../editor/hf-first-words.ts'
import type { ShownWorkspace } from '../workspaces/shown-workspace.ts'
import type { Ask } from './ask.ts'
import type { Navigation } from './navigation.ts'
import type { ServicesController } from './services-controller.ts'

interface FreshNote {
  readonly note: DocumentId
  readonly workspace: WorkspaceId | undefined
  readonly isMade: boolean
}

interface Deps {
  readonly services: ServicesController
  readonly navigation: Navigation
  readonly workspace: ShownWorkspace
  readonly ask: Ask
  /** Draws it in this same turn, with the cursor in it: only then do phones show their keyboard. */
  readonly drawNow: () => void
}

/** A new note is open as soon as somebody wants one: in a plain field, while it is made and its editor is loaded. */
export class NewNote implements ReactiveController {
  /** As long as its editor is not there. */
  #fresh: FreshNote | null = null
  readonly #host: ReactiveControllerHost
  readonly #deps: Deps

  constructor(host: ReactiveControllerHost, deps: Deps) {
    this.#host = host
    this.#deps = deps
    host.addController(this)
  }

  hostUpdate(): void {
    const { page, note } = this.#deps.navigation
    if (page || this.#fresh?.note !== note) this.#fresh = null
  }

  async begin(): Promise<void> {
    const { services, navigation, workspace, ask, drawNow } = this.#deps
    const fresh = { note: newCommandId(), workspace: workspace.id, isMade: false }
    navigation.showPlace('notes')
    navigation.openNote(fresh.note)
    this.#become(fresh)
    drawNow()
    const made = await ask({ type: 'create-note' }, { id: fresh.note, workspace: fresh.workspace })
    if (made) services.value?.keepStorage()
    if (this.#fresh !== fresh) return
    if (made) this.#become({ ...fresh, isMade: true })
    // What was typed stays in view, and is stored if it can be later.
    else if (services.value?.editing.firstWords(fresh.note)?.allStored()) navigation.closeNote()
  }

  /** The note that is open, which may be a new one. */
  render(note: DocumentId) {
    const fresh = this.#fresh
    return html`
      ${fresh?.isMade === false ? nothing : keyed(this.#deps.navigation.life, html`<hf-note .note=${note}></hf-note>`)}
      ${fresh ? keyed(note, this.#firstWords(fresh)) : nothing}
    `
  }

  #firstWords({ note, workspace }: FreshNote) {
    const done = () => {
      if (this.#fresh?.note === note) this.#become(null)
    }
    return html`<hf-first-words
      .note=${note}
      .workspace=${workspace}
      @hf-first-words-done=${done}
    ></hf-first-words>`
  }

  #become(fresh: FreshNote | null): void {
    this.#fresh = fresh
    this.#host.requestUpdate()
  }
}
