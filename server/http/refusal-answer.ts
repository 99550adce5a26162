import type { RefusalAnswer } from '../../protocol/relay-http.ts'
import { CLOSE_CODES, type RefusalCode } from '../../protocol/relay-messages.ts'
import type { Refusal } from '../refusal.ts'

/** The HTTP status that says the same as a close code. */
export const statusOf = (code: RefusalCode): number => CLOSE_CODES[code] - 4000

export const refusalAnswer = ({ code, message }: Refusal): RefusalAnswer => ({ error: { code, message } })

/** What Fastify itself found wrong with a request, in the words of the protocol. */
export const refusalOf = (error: { readonly statusCode?: number | undefined }): Refusal => {
  switch (error.statusCode) {
    case 413:
      return { code: 'too-large', message: 'The body is larger than this relay takes.' }
    case 429:
      return { code: 'rate', message: 'Too many requests came from this address. Try again in a minute.' }
    case 503:
      return { code: 'shutting-down', message: 'The relay is being stopped. Try again in a moment.' }
    default:
      return error.statusCode !== undefined && error.statusCode < 500
        ? { code: 'malformed', message: 'The request could not be read.' }
        : { code: 'internal', message: 'Something went wrong in the relay. Try again later.' }
  }
}
