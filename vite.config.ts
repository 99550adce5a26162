import { join } from 'node:path'
import { defineConfig, type Plugin } from 'vite'
import { VitePWA } from 'vite-plugin-pwa'
import { sourcesHash } from './scripts/build.mjs'
import { DEV_APP, DEV_APP_PORT, DEV_RELAY_PORT } from './scripts/dev-ports.ts'
import { projectRoot } from './scripts/project.mjs'

/** Names this build for page and worker, so that they notice when they are not of the same one. */
const BUILD_ID_LENGTH = 16

const relay = { target: `http://127.0.0.1:${DEV_RELAY_PORT}`, ws: true, headers: { origin: DEV_APP } }

/** The page's code is asked for along with the entry that imports it, not only once that runs. */
const preloadApp: Plugin = {
  name: 'holdfast-preload-app',
  transformIndexHtml: {
    order: 'post',
    handler: (html, { bundle }) => {
      const app = Object.values(bundle ?? {}).find(
        file => file.type === 'chunk' && file.moduleIds.some(id => id.endsWith('/src/app/start-app.ts')),
      )
      if (app?.type !== 'chunk') return []
      return [app.fileName, ...app.imports]
        .filter(name => !html.includes(name))
        .map(name => ({
          tag: 'link',
          attrs: { rel: 'modulepreload', crossorigin: true, href: `/${name}` },
          injectTo: 'head' as const,
        }))
    },
  },
}

const ESCAPE_OR_BEYOND_ASCII = /\\.|[^\p{ASCII}]/gsu

/** As JavaScript writes it in ASCII, in strings, patterns and names alike. */
const inAscii = (found: string): string => {
  if (/^\p{ASCII}+$/u.test(found)) return found
  if (found.startsWith('\\')) throw new Error(`${found} cannot be written in ASCII.`)
  return Array.from(
    { length: found.length },
    (_, at) => `\\u${found.charCodeAt(at).toString(16).padStart(4, '0')}`,
  ).join('')
}

/** One character beyond Latin-1 has a browser keep two bytes for each of the script's, in every tab. */
const asciiOnly = (): Plugin => ({
  name: 'holdfast-ascii-only',
  generateBundle: (_, bundle) => {
    for (const file of Object.values(bundle))
      if (file.type === 'chunk') file.code = file.code.replace(ESCAPE_OR_BEYOND_ASCII, inAscii)
  },
})

interface Graph {
  getModuleInfo(id: string): { readonly importedIds: readonly string[] } | null
}

/** What runs once this module runs. */
const neededBy = (root: string, graph: Graph): ReadonlySet<string> => {
  const needed = new Set([root])
  for (const id of needed)
    for (const imported of graph.getModuleInfo(id)?.importedIds ?? []) needed.add(imported)
  return needed
}

/** What runs once this module runs, in one file, as far as it is in none before. */
const oneFile = (name: string, root: string, priority: number) => ({
  debugName: name,
  name: (id: string, graph: Graph) => (neededBy(join(projectRoot, root), graph).has(id) ? name : null),
  priority,
})

/**
 * The page's first code in as few files as can be, for each is one more for the browser to look for in its cache before
 * anything runs: the entry, and what it loads at once.
 */
const firstFiles = [oneFile('main', 'src/main.ts', 2), oneFile('app', 'src/app/start-app.ts', 1)]

export default defineConfig(({ command }) => ({
  define: {
    __BUILD__: JSON.stringify(
      command === 'build' ? sourcesHash(projectRoot).slice(0, BUILD_ID_LENGTH) : 'development',
    ),
  },
  build: {
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0, // the Content-Security-Policy knows no data: addresses
    target: 'es2023',
    rolldownOptions: { output: { codeSplitting: { groups: firstFiles } } },
  },
  worker: {
    format: 'es',
    plugins: () => [asciiOnly()],
    rolldownOptions: {
      output: {
        // One address in every build: another one would be a second SharedWorker, and a second owner of the data.
        entryFileNames: 'worker.js',
        // The parts that it loads later do carry their hash, so that an old worker never gets a new build's part.
        chunkFileNames: 'assets/worker-[name]-[hash].js',
      },
    },
  },
  optimizeDeps: {
    // The workers too, so that the first note of a developer is not lost to a reload for a newly found package.
    entries: ['index.html', 'worker/main.ts', 'sw/sw.ts'],
  },
  server: {
    port: DEV_APP_PORT,
    strictPort: true, // the relay knows this address as its own
    proxy: { '^/(w/|healthz|readyz|metrics)': relay },
  },
  plugins: [
    preloadApp,
    asciiOnly(),
    VitePWA({
      strategies: 'injectManifest',
      srcDir: 'sw',
      filename: 'sw.ts',
      injectRegister: false,
      registerType: 'prompt',
      injectManifest: {
        rollupFormat: 'iife',
        globPatterns: ['**/*.{js,css,html,svg,png,woff2}'],
        globIgnores: ['sw.js', 'screenshots/**'],
      },
      includeAssets: [],
      includeManifestIcons: false,
      devOptions: { enabled: true, type: 'module' },
      manifest: {
        id: '/',
        name: 'Holdfast',
        short_name: 'Holdfast',
        description: 'Private notes that work without a network and come together again on every device.',
        start_url: '/',
        scope: '/',
        display: 'standalone',
        theme_color: '#1f6b57',
        background_color: '#fdfcf9',
        categories: ['productivity', 'utilities'],
        icons: [
          { src: '/icons/icon-192.png', sizes: '192x192', type: 'image/png' },
          { src: '/icons/icon-512.png', sizes: '512x512', type: 'image/png' },
          { src: '/icons/maskable-512.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
          { src: '/icons/icon.svg', sizes: 'any', type: 'image/svg+xml' },
        ],
        screenshots: [
          {
            src: '/screenshots/wide.png',
            sizes: '1280x800',
            type: 'image/png',
            form_factor: 'wide',
            label: 'A note beside the list of notes',
          },
          {
            src: '/screenshots/narrow.png',
            sizes: '390x844',
            type: 'image/png',
            form_factor: 'narrow',
            label: 'The list of notes on a phone',
          },
        ],
        shortcuts: [
          { name: 'New note', url: '/?new', icons: [{ src: '/icons/icon-192.png', sizes: '192x192' }] },
        ],
      },
    }),
  ],
}))
