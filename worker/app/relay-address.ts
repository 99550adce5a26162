import { fail, ok, type Result } from '../../protocol/result.ts'

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

const BAD = fail('bad-relay', 'This is not the address of a relay. It looks like https://relay.example.')
const BAD_TRUSTED = fail(
  'bad-relay',
  'This is not the address of a Yjs server. It looks like wss://yjs.example or wss://yjs.example/notes.',
)

/** Nobody on the way may listen in, and only what stays on this machine has no way. Errors: `bad-relay`. */
const checked = (text: string, bad: typeof BAD): Result<URL> => {
  const address = text.trim().replace(/^ws/i, 'http')
  if (!URL.canParse(address)) return bad
  const url = new URL(address)
  if (url.username !== '' || (url.protocol !== 'https:' && url.protocol !== 'http:')) return bad
  if (url.protocol === 'http:' && !LOOPBACK.has(url.hostname))
    return fail(
      'bad-relay',
      'A relay on another machine has to be reached by https://, so that nobody listens in.',
    )
  return ok(url)
}

/** The origin of a relay as a person typed its address. Errors: `bad-relay`. */
export const relayOrigin = (text: string): Result<string> => {
  const url = checked(text, BAD)
  return url.ok ? ok(url.value.origin) : url
}

const RELAYS_AT_MOST = 8

/** The relays that somebody who is invited uses: the one they came by, and those that the invitation names. */
export const invitedRelays = (first: string, named: readonly string[]): string[] => {
  const others = named.map(relayOrigin).flatMap(origin => (origin.ok ? [origin.value] : []))
  return [...new Set([first, ...others])].slice(0, RELAYS_AT_MOST)
}

/** Where a plain Yjs server is, with its path; `wss` counts as `https`. Errors: `bad-relay`. */
export const trustedAddress = (text: string): Result<string> => {
  const url = checked(text, BAD_TRUSTED)
  if (!url.ok) return url
  const { origin, pathname, search, hash } = url.value
  return search === '' && hash === '' ? ok(origin + pathname.replace(/\/+$/, '')) : BAD_TRUSTED
}
