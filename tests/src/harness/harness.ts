import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, extname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type BrowserContext, chromium, type Page } from '@playwright/test'
import { build } from 'vite'
import { CONTROL_CHANNEL, type Control } from './control.ts'

const FAKE_WORKER = fileURLToPath(new URL('./fake-worker.ts', import.meta.url))
/** As the page names it. */
const REAL_WORKER = '../../worker/main.ts'
const ROOT = fileURLToPath(new URL('../../../', import.meta.url))

/** The policy that the app is served with; whatever breaks it shows up as a console error. */
const POLICY = [
  "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' blob:",
  "font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'",
  "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types lit-html default",
].join('; ')

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
}

/** Builds the page as it is, with the fake worker in place of the real one. */
const buildPage = async (outDir: string): Promise<void> => {
  let replaced = false
  await build({
    configFile: false,
    root: ROOT,
    logLevel: 'warn',
    define: { __BUILD__: JSON.stringify('harness') },
    plugins: [
      {
        name: 'fake-worker',
        enforce: 'pre',
        transform: (code, id) => {
          if (!id.endsWith('src/connection/start-worker.ts')) return null
          replaced = code.includes(REAL_WORKER)
          return code.replaceAll(REAL_WORKER, relative(dirname(id), FAKE_WORKER))
        },
      },
    ],
    worker: { format: 'es', rolldownOptions: { output: { entryFileNames: 'worker.js' } } },
    build: { outDir, emptyOutDir: true, assetsInlineLimit: 0 },
  })
  if (!replaced) throw new Error('The page starts its worker in another way than this harness knows.')
}

const serve = async (folder: string) => {
  const server = createServer(async (request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname
    const file = join(folder, path === '/' ? 'index.html' : path)
    const body = await readFile(file).catch(() => null)
    response.writeHead(body ? 200 : 404, {
      'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
      'content-security-policy': POLICY,
    })
    response.end(body)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server }
}

export interface Device {
  readonly context: BrowserContext
  tab(path?: string): Promise<Page>
  /** Tells the fake worker something and waits until it has heard it. */
  tell(control: Control): Promise<void>
  /** What went wrong in any tab, besides the service worker that the harness does not have. */
  readonly errors: readonly string[]
}

export const startHarness = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-page-'))
  await buildPage(folder)
  const { origin, server } = await serve(folder)
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })

  const device = async (options: Parameters<typeof browser.newContext>[0] = {}): Promise<Device> => {
    const context = await browser.newContext({ serviceWorkers: 'block', locale: 'en-GB', ...options })
    const errors: string[] = []
    return {
      context,
      errors,
      async tab(path = '/') {
        const page = await context.newPage()
        page.on('pageerror', error => errors.push(String(error)))
        page.on('console', message => {
          if (message.type() === 'error' && !/service worker/i.test(message.text()))
            errors.push(message.text())
        })
        await page.goto(origin + path)
        return page
      },
      async tell(control) {
        const [page] = context.pages()
        if (!page) throw new Error('Open a tab first: the fake worker lives no longer than the tabs do.')
        // A worker that is still starting does not listen yet.
        await page.getByRole('status', { name: 'Sync status' }).filter({ hasNotText: 'Starting…' }).waitFor()
        await page.evaluate(
          ([name, message]) =>
            new Promise<void>(resolve => {
              const channel = new BroadcastChannel(name)
              const id = crypto.randomUUID()
              channel.onmessage = event => {
                if (event.data.done !== id) return
                channel.close()
                resolve()
              }
              channel.postMessage({ id, control: message })
            }),
          [CONTROL_CHANNEL, control] as const,
        )
      },
    }
  }

  return {
    origin,
    device,
    async close() {
      await browser.close()
      server.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
