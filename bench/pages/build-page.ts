import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'vite'
import { VitePWA } from 'vite-plugin-pwa'

/** Builds every page of a folder as people build theirs for use: small, and cached by a service worker. */
export const buildPage = async (folder: string, out: string): Promise<void> => {
  const pages = readdirSync(folder).filter(name => name.endsWith('.html'))
  await build({
    root: folder,
    configFile: false,
    logLevel: 'warn',
    worker: { format: 'es' },
    build: {
      outDir: out,
      emptyOutDir: true,
      target: 'es2023',
      rolldownOptions: { input: pages.map(name => join(folder, name)) },
    },
    plugins: [
      VitePWA({
        injectRegister: false,
        manifest: false,
        // Addresses tell the pages what to do, and a start without a network has to know them all the same.
        workbox: { globPatterns: ['**/*.{js,css,html}'], ignoreURLParametersMatching: [/./] },
      }),
    ],
  })
}
