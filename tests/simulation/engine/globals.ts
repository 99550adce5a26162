import { webcrypto } from 'node:crypto'
import { createSubtle, type Memory } from './crypto.ts'
import type { Machine } from './machine.ts'

/** What the globals of a simulated process stand for. */
export interface Stage {
  readonly machine: Machine
  random(length: number): Uint8Array
  /** What was sealed, signed and derived before. */
  readonly memory: Memory
  /** The databases of whoever runs now. */
  databases(): IDBFactory
  /** When what a database does is done: milliseconds from now. */
  diskDelay(): number
  channel(name: string): BroadcastChannel
}

interface Timer {
  cancel: () => void
}

const ALPHABETS = { base64: /^[\w+/]*={0,2}$/, base64url: /^[\w-]*={0,2}$/ } as const
type Alphabet = { readonly alphabet?: keyof typeof ALPHABETS; readonly omitPadding?: boolean }

/** Browsers have these by now; without them jose makes do with something slow. */
const giveBase64 = (): void => {
  Object.assign(Uint8Array.prototype, {
    toBase64(this: Uint8Array, { alphabet = 'base64', omitPadding = false }: Alphabet = {}): string {
      const text = Buffer.from(this.buffer, this.byteOffset, this.length).toString(alphabet)
      if (alphabet === 'base64') return omitPadding ? text.replaceAll('=', '') : text
      return omitPadding ? text : text.padEnd(Math.ceil(text.length / 4) * 4, '=')
    },
  })
  Object.assign(Uint8Array, {
    fromBase64: (text: string, { alphabet = 'base64' }: Alphabet = {}): Uint8Array => {
      if (!ALPHABETS[alphabet].test(text)) throw new SyntaxError(`That is not ${alphabet}.`)
      return new Uint8Array(Buffer.from(text, alphabet))
    },
  })
}

/** What databases keep is plain data, bytes and keys that never change: copied many times faster than by Node. */
const clone = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null || value instanceof CryptoKey) return value
  if (value instanceof Uint8Array) return value.slice()
  if (value instanceof ArrayBuffer) return value.slice(0)
  if (Array.isArray(value)) return value.map(clone)
  if (Object.getPrototypeOf(value) !== Object.prototype) return realClone(value)
  const copy: Record<string, unknown> = {}
  for (const name of Object.keys(value)) copy[name] = clone((value as Record<string, unknown>)[name])
  return copy
}
const realClone = structuredClone

/**
 * Puts a stage behind everything that a program takes from its surroundings. It is meant for a process that does
 * nothing else, and it has to run before the programs are imported: some keep what they find then.
 */
export const installGlobals = (stage: () => Stage): void => {
  const after = (delay: number, label: string, action: () => void): Timer => {
    const { machine } = stage()
    return { cancel: machine.after(machine.current(), delay, label, action) }
  }
  const define = (name: string, value: unknown): void =>
    void Object.defineProperty(globalThis, name, { value, configurable: true, writable: true })

  define('setTimeout', (action: (...args: unknown[]) => void, delay = 0, ...args: unknown[]) =>
    after(delay, 'timer', () => action(...args)),
  )
  define('setInterval', (action: (...args: unknown[]) => void, delay: number, ...args: unknown[]) => {
    const timer: Timer = { cancel: () => {} }
    const again = (): void => {
      timer.cancel = after(Math.max(1, delay), 'interval', () => {
        again()
        action(...args)
      }).cancel
    }
    again()
    return timer
  })
  // fake-indexeddb does everything in these.
  define('setImmediate', (action: () => void) => after(stage().diskDelay(), 'disk', action))
  for (const name of ['clearTimeout', 'clearInterval', 'clearImmediate'])
    define(name, (timer?: Timer) => timer?.cancel())

  const RealDate = Date
  class SimulatedDate extends RealDate {
    constructor(value: number | string = stage().machine.now()) {
      super(value)
    }
    static override now(): number {
      return stage().machine.now()
    }
  }
  define('Date', SimulatedDate)
  define('structuredClone', clone)
  define('BroadcastChannel', function open(name: string) {
    return stage().channel(name)
  })
  giveBase64()
  Object.defineProperty(globalThis, 'indexedDB', { get: () => stage().databases(), configurable: true })

  Math.random = () => Buffer.from(stage().random(4)).readUInt32BE() / 2 ** 32
  const fill = (array: ArrayBufferView): ArrayBufferView => {
    new Uint8Array(array.buffer, array.byteOffset, array.byteLength).set(stage().random(array.byteLength))
    return array
  }
  const subtle = createSubtle(
    length => stage().random(length),
    () => stage().memory,
  )
  Object.defineProperties(webcrypto, {
    subtle: { value: subtle, configurable: true },
    getRandomValues: { value: fill, configurable: true },
    randomUUID: {
      value: () =>
        Buffer.from(stage().random(16))
          .toString('hex')
          .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
      configurable: true,
    },
  })

  AbortSignal.timeout = delay => {
    const controller = new AbortController()
    after(delay, 'deadline', () => controller.abort(new DOMException('It took too long.', 'TimeoutError')))
    return controller.signal
  }
}
