import type { Machine, Process } from './machine.ts'

type Task = () => Promise<unknown>

interface Waiting {
  readonly process: Process
  readonly task: Task
}

/**
 * Who waits to open or delete which database of a disk: one after the other, as the standard says. It takes the place
 * of fake-indexeddb's own queues, in which whoever came after a process that died would wait for ever.
 */
export interface OpenLines {
  get(name: string): { then(task: Task): void }
  set(): void
  /** A process died: whoever waited for it goes on. */
  release(process: Process): void
}

export const createOpenLines = (
  machine: () => Machine,
  /** Runs for a process what opens its connection to a database. */
  run: (process: Process, name: string, task: Task) => Promise<unknown>,
): OpenLines => {
  const lines = new Map<string, Waiting[]>()

  const start = (name: string, first: Waiting): void => {
    const { process, task } = first
    void run(process, name, task).then(() => {
      const line = lines.get(name) ?? []
      if (line[0] !== first) return // it died meanwhile
      line.shift()
      goOn(name, line)
    })
  }

  const goOn = (name: string, line: Waiting[]): void => {
    const [first] = line
    if (first) machine().after(first.process, 0, 'disk', () => start(name, first))
    else lines.delete(name)
  }

  return {
    get: name => ({
      // biome-ignore lint/suspicious/noThenProperty: fake-indexeddb takes it for the promise of who came before
      then: task => {
        const line = lines.get(name) ?? []
        const waiting = { process: machine().current(), task }
        lines.set(name, line)
        line.push(waiting)
        if (line.length === 1) start(name, waiting)
      },
    }),
    set: () => {},
    release: process => {
      for (const [name, line] of lines) {
        const [first] = line
        const others = line.filter(waiting => waiting.process !== process)
        lines.set(name, others)
        if (first?.process === process) goOn(name, others)
      }
    },
  }
}
