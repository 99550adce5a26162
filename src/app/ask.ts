import type { Intent, Outcomes } from '../../protocol/commands.ts'
import type { Result } from '../../protocol/result.ts'
import type { CommandOptions } from '../connection/command-queue.ts'
import type { Toast } from './hf-toast.ts'
import type { ServicesController } from './services-controller.ts'

/** Runs a command; a refusal is said, and undefined is what comes back. */
export type Ask = <I extends Intent>(
  intent: I,
  options?: CommandOptions,
) => Promise<Outcomes[I['type']] | undefined>

export const createAsk =
  (services: ServicesController, say: (toast: Toast) => void): Ask =>
  async <I extends Intent>(intent: I, options?: CommandOptions) => {
    const run = services.value?.connection.run
    const result: Result<Outcomes[I['type']]> | undefined = await run?.(intent, options)
    if (result?.ok) return result.value
    if (result) say({ text: result.error.message, alarm: true })
    return undefined
  }
