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

const isThisMachine = (origin: string): boolean => LOOPBACK.has(new URL(origin).hostname)

/**
 * Whether a relay may be named for other devices, and taken over where others named it. `app` is the origin of the app:
 * unless that is on this machine itself, an address of this machine is something else on each device, and nobody
 * elsewhere is to reach what is there.
 */
export const isForAll = (origin: string, app: string): boolean => !isThisMachine(origin) || isThisMachine(app)

/** Where a plain Yjs server is, with its path; `wss` counts as `https`. Errors: `bad-relay`. */
export const trustedAddress = (text: string): Result<string> => {
  const url = checked(text, BAD_TRUSTED)
  if (!url.ok) return url
  const { origin, pathname, search, hash } = url.value
  return search === '' && hash === '' ? ok(origin + pathname.replace(/\/+$/, '')) : BAD_TRUSTED
}
