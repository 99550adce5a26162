import '@awesome.me/webawesome/dist/components/dialog/dialog.js'
import { LitElement } from 'lit'
import { baseStyles, dialogStyles } from '../design/shared-styles.ts'
import { wish } from './events.ts'
import type { Services } from './services.ts'
import { ServicesController } from './services-controller.ts'
import { Task } from './task.ts'

/** What the dialogs share: they are open as long as they are in the page, and ask the app to take them out. */
export class DialogElement extends LitElement {
  static override styles = [baseStyles, dialogStyles]

  protected readonly task = new Task(this)
  readonly #services = new ServicesController(this)

  protected get services(): Services {
    return this.#services.value!
  }

  /** For `wa-after-hide`; events of dialogs and tooltips inside come by here too. */
  protected readonly onHidden = (event: Event): void => {
    if (event.target === event.currentTarget) wish(this, { type: 'show-dialog', dialog: null })
  }

  protected close(): void {
    const dialog = this.renderRoot.querySelector('wa-dialog')
    if (dialog) dialog.open = false
  }

  protected override firstUpdated(): void {
    // Opened after it was rendered, so that it takes the focus and gives it back.
    const dialog = this.renderRoot.querySelector('wa-dialog')
    void dialog?.updateComplete.then(() => {
      dialog.open = true
    })
  }
}
