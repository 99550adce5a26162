import { decodeClientMessage, decodeRelayMessage } from '../../protocol/relay-codec.ts'
import type { Process } from './engine/machine.ts'

const short = (_key: string, value: unknown): unknown =>
  value instanceof Uint8Array ? `${value.length} bytes` : value

const contentOf = (label: string, bytes: Uint8Array): string => {
  const decoded = label === 'sends to relay' ? decodeClientMessage(bytes) : decodeRelayMessage(bytes)
  return decoded.ok ? JSON.stringify(decoded.value, short).slice(0, 600) : `${bytes.length} bytes`
}

/** One line for each thing that happens. */
export const tell = (process: Process, label: string, time: number, bytes?: Uint8Array): void => {
  const content = bytes && label.startsWith('sends') ? contentOf(label, bytes) : ''
  console.log(`${time.toFixed(2).padStart(12)}  ${process.name.padEnd(22)} ${label} ${content}`)
}
