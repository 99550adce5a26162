import type { Act } from './acts.ts'
import type { State } from './state.ts'

/** Thrown where judging takes more steps than it may. */
export class TooMuchWork extends Error {}

/** Counts the small steps of judging: for the same statements they are as many everywhere. */
export interface Work {
  /** Throws `TooMuchWork` where none is left. */
  spend(steps: number): void
  spent(): number
}

export const workUpTo = (most: number): Work => {
  let spent = 0
  return {
    spend: steps => {
      spent += steps
      if (spent > most) throw new TooMuchWork()
    },
    spent: () => spent,
  }
}

/** What doing an act takes: whoever is removed is looked for among all devices and invitations. */
export const costOf = (act: Act, { devices, invitations }: State): number => {
  switch (act.do) {
    case 'remove':
      return 1 + act.devices.length + devices.size + invitations.size
    case 'role':
    case 'invite':
      return 1 + devices.size
    case 'rotate':
    case 'seal':
      return 1 + Object.keys(act.roots).length
    default:
      return 1
  }
}
