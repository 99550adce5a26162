/** Headers of everything that is served. The page's policy needs no exception: scripts, styles and fonts are its own. */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "style-src-attr 'unsafe-inline'", // the editor places lines and cursors with style attributes
  "img-src 'self' blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types lit-html default',
].join('; ')

const LOOPBACK = ['localhost', '127.0.0.1'].flatMap(host => [`http://${host}:*`, `ws://${host}:*`]).join(' ')

/** A worker obeys the header of its own script. It may speak to any relay, which is why the page may not. */
const WORKER_POLICY = `default-src 'none'; script-src 'self'; connect-src 'self' https: wss: ${LOOPBACK}`

const WORKERS = new Set(['/worker.js', '/sw.js'])

export const securityHeaders = (path: string): Readonly<Record<string, string>> => ({
  'content-security-policy': WORKERS.has(path) ? WORKER_POLICY : PAGE_POLICY,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
})

const YEAR_SECONDS = 31_536_000

/** Files below assets/ carry a hash of their content in their name; all others may change under the same name. */
export const cacheControl = (path: string): string =>
  path.startsWith('/assets/') ? `public, max-age=${YEAR_SECONDS}, immutable` : 'no-cache'
