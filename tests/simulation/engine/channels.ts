import type { Machine, Process } from './machine.ts'

type Listener = (event: { data: unknown }) => void

interface Channel {
  readonly process: Process
  readonly listeners: Set<Listener>
}

export interface Channels {
  open(name: string): BroadcastChannel
}

/** BroadcastChannels of all devices: those of one name and device hear each other. */
export const createChannels = (machine: Machine): Channels => {
  const channels = new Map<string, Channel[]>()
  return {
    open: name => {
      const own: Channel = { process: machine.current(), listeners: new Set() }
      const key = `${own.process.host.name} ${name}`
      const all = (channels.get(key) ?? []).filter(({ process }) => process.alive)
      channels.set(key, [...all, own])
      return {
        postMessage: (data: unknown) => {
          for (const other of channels.get(key) ?? []) {
            if (other === own || !other.process.alive) continue
            machine.after(other.process, 0.1, 'channel', () => {
              for (const listener of [...other.listeners]) listener({ data })
            })
          }
        },
        addEventListener: (_type: string, listener: Listener) => own.listeners.add(listener),
        removeEventListener: (_type: string, listener: Listener) => own.listeners.delete(listener),
      } as unknown as BroadcastChannel
    },
  }
}
