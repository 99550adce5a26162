import type { ReactiveController, ReactiveControllerHost } from 'lit'
import type { PeopleValue } from '../../protocol/people.ts'
import { arrivals } from './arrivals.ts'

/** Nobody comes unseen: says who is there now and was not before. */
export class ArrivalNews implements ReactiveController {
  readonly #people: () => PeopleValue | undefined
  readonly #say: (text: string) => void
  /** Who was there when that was last looked at. */
  #known: PeopleValue | undefined

  constructor(
    host: ReactiveControllerHost,
    people: () => PeopleValue | undefined,
    say: (text: string) => void,
  ) {
    this.#people = people
    this.#say = say
    host.addController(this)
  }

  hostUpdated(): void {
    const now = this.#people()
    if (now === undefined || now === this.#known) return
    const said = arrivals(this.#known, now)
    this.#known = now
    if (said.length > 0) this.#say(said.join(' '))
  }
}
