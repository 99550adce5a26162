import type { ReactiveController, ReactiveControllerHost } from 'lit'
import type { DocumentId } from '../../protocol/ids.ts'
import type { PageName } from './address.ts'
import type { DialogName } from './events.ts'
import type { ServicesController } from './services-controller.ts'

/** What is open. */
interface Open {
  readonly note: DocumentId | null
  readonly page: PageName | null
  readonly dialog: DialogName | null
}

/** Loaded when the page has nothing else to do, or sooner where it is needed. */
export const loadNotAtFirst = (): Promise<unknown> => import('./not-at-first.ts')

const isAnything = ({ note, page, dialog }: Open): boolean =>
  note !== null || page !== null || dialog !== null

const needsPeople = ({ page, dialog }: Open): boolean =>
  page === 'people' || dialog === 'invite' || dialog === 'join'

/** Loads the code that the page does without at first, as soon as something is open that is drawn by it. */
export class LaterCode implements ReactiveController {
  readonly #services: ServicesController
  readonly #open: () => Open
  readonly #onMissing: () => void
  #before: Open = { note: null, page: null, dialog: null }

  /** `onMissing`: some of it could not be loaded. */
  constructor(
    host: ReactiveControllerHost,
    services: ServicesController,
    open: () => Open,
    onMissing: () => void,
  ) {
    this.#services = services
    this.#open = open
    this.#onMissing = onMissing
    host.addController(this)
  }

  hostUpdated(): void {
    const [before, now] = [this.#before, this.#open()]
    this.#before = now
    if (isAnything(now) && !isAnything(before)) this.#load(loadNotAtFirst())
    if (now.page === 'vault' && before.page !== 'vault') this.#load(import('../vault/hf-vault-page.ts'))
    if (needsPeople(now) && !needsPeople(before)) this.#load(import('../people/people.ts'))
    if (now.note !== null && now.note !== before.note) this.#load(this.#services.value?.editing.load())
  }

  #load(code: Promise<unknown> | undefined): void {
    code?.catch(this.#onMissing)
  }
}
