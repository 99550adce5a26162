/** Something that runs and can be killed: a device's worker, its service worker, a relay, or the story's director. */
export interface Process {
  readonly name: string
  /** What outlives the process: a device, or the relay's machine. */
  readonly host: Host
  alive: boolean
  /** Runs after this many more steps of the process: so that it can be killed between any two. */
  fuse: { steps: number; readonly burn: () => void } | null
}

/** A computer with a clock of its own. */
export interface Host {
  readonly name: string
  /** Milliseconds that its clock is ahead. */
  skew: number
}

/** All of the world's time: what runs is decided by the order in which events were due, and by nothing else. */
export interface Machine {
  /** Milliseconds since 1970, as the clock of whoever runs now shows it. */
  now(): number
  /** True time, which nobody can see. */
  time(): number
  current(): Process
  /** What follows, up to the next event, belongs to this process. */
  become(process: Process): void
  spawn(name: string, host: Host): Process
  /** Drops everything that the process still had to do. */
  kill(process: Process): void
  /** Runs `action` as this process after a delay; the returned function cancels it. */
  after(process: Process, delay: number, label: string, action: () => void): () => void
  /** Runs events until `done`, or until no time (milliseconds) is left; says whether it is done. */
  run(done: () => boolean, within: number): Promise<boolean>
  /** Time passes while everything sleeps: what is due in it runs late. */
  sleep(milliseconds: number): void
  /** Makes what happened part of the trace. */
  note(label: string, bytes?: Uint8Array): void
  steps(): number
  /** What a process does next; null where it waits for somebody else. */
  next(process: Process): string | null
  /** The same for two runs only if the same happened in the same order. */
  trace(): string
}

interface Event {
  readonly at: number
  readonly order: number
  readonly process: Process
  readonly label: string
  readonly action: () => void
  cancelled: boolean
}

const { setImmediate: nextTurn } = globalThis

/** Does something where no promise is under way, as `settle` needs it. */
const inTurn = <T>(action: () => T): Promise<T> =>
  new Promise((resolve, reject) =>
    nextTurn(() => {
      try {
        resolve(action())
      } catch (error) {
        reject(error)
      }
    }),
  )

/**
 * Promises and whatever they lead to come to their end: nothing in this process waits for the real world. It is what
 * Node does after each callback, and many times faster than to wait for the next turn of its loop.
 */
const settle = (process as unknown as { _tickCallback(): void })._tickCallback

const isBefore = (a: Event, b: Event): boolean => a.at < b.at || (a.at === b.at && a.order < b.order)

const createQueue = () => {
  const heap: Event[] = []
  const swap = (i: number, j: number): void => {
    const moved = heap[i]!
    heap[i] = heap[j]!
    heap[j] = moved
  }
  return {
    size: () => heap.length,
    first: (process: Process): Event | undefined => {
      const own = heap.filter(event => event.process === process && !event.cancelled)
      return own.reduce<Event | undefined>((a, b) => (a && isBefore(a, b) ? a : b), undefined)
    },
    add: (event: Event): void => {
      heap.push(event)
      for (let i = heap.length - 1; i > 0; ) {
        const parent = (i - 1) >> 1
        if (!isBefore(heap[i]!, heap[parent]!)) break
        swap(i, parent)
        i = parent
      }
    },
    take: (): Event | undefined => {
      const first = heap[0]
      const last = heap.pop()
      if (!first || first === last) return first
      heap[0] = last!
      for (let i = 0; ; ) {
        const left = 2 * i + 1
        const right = left + 1
        let least = i
        if (left < heap.length && isBefore(heap[left]!, heap[least]!)) least = left
        if (right < heap.length && isBefore(heap[right]!, heap[least]!)) least = right
        if (least === i) return first
        swap(i, least)
        i = least
      }
    },
  }
}

const START = Date.UTC(2026, 4, 1)
const NOBODY: Host = { name: 'nobody', skew: 0 }
/** What belongs to no process that can be killed. */
export const DIRECTOR: Process = { name: 'director', host: NOBODY, alive: true, fuse: null }

/** Sees everything that happens: for people who look for the cause of a failure. */
export type Watch = (process: Process, label: string, time: number, bytes?: Uint8Array) => void

export const createMachine = (watch: Watch, onThrow: (error: unknown) => void): Machine => {
  const queue = createQueue()
  let time = 0
  let order = 0
  let steps = 0
  let current = DIRECTOR
  let low = 0x811c9dc5
  let high = 0x1234567

  const mix = (value: number): void => {
    low = Math.imul(low ^ value, 0x01000193)
    high = Math.imul(high ^ (value + (low >>> 15)), 0x85ebca6b)
  }
  const note = (label: string, bytes?: Uint8Array): void => {
    for (let index = 0; index < label.length; index += 1) mix(label.charCodeAt(index))
    mix(Math.round(time * 1000))
    watch(current, label, time, bytes)
    if (bytes) for (const byte of bytes) mix(byte)
  }

  const step = (event: Event): void => {
    steps += 1
    current = event.process
    note(event.label)
    try {
      event.action()
    } catch (error) {
      onThrow(error)
    }
  }

  const burnFuse = (process: Process): void => {
    const { fuse } = process
    if (fuse === null || !process.alive) return
    fuse.steps -= 1
    if (fuse.steps > 0) return
    process.fuse = null
    current = DIRECTOR
    fuse.burn()
  }

  return {
    now: () => START + Math.floor(time) + current.host.skew,
    time: () => time,
    current: () => current,
    become: process => {
      current = process
    },
    spawn: (name, host) => ({ name, host, alive: true, fuse: null }),
    kill: process => {
      process.alive = false
    },
    after: (process, delay, label, action) => {
      order += 1
      const event: Event = { at: time + Math.max(0, delay), order, process, label, action, cancelled: false }
      queue.add(event)
      return () => {
        event.cancelled = true
      }
    },
    run: (done, within) =>
      inTurn(() => {
        const end = time + within
        while (!done()) {
          const event = queue.take()
          if (event === undefined) return false
          if (event.cancelled || !event.process.alive) continue
          if (event.at > end) {
            queue.add(event)
            time = end
            return false
          }
          time = Math.max(time, event.at)
          step(event)
          settle()
          burnFuse(event.process)
          current = DIRECTOR
        }
        return true
      }),
    sleep: milliseconds => {
      time += milliseconds
    },
    note,
    steps: () => steps,
    next: process => queue.first(process)?.label ?? null,
    trace: () => (high >>> 0).toString(16).padStart(8, '0') + (low >>> 0).toString(16).padStart(8, '0'),
  }
}
