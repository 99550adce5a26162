import { existsSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { fileURLToPath } from 'node:url'

/** Modules of the product that a run uses others for, by their addresses. */
export type Replacements = ReadonlyMap<string, string>

/**
 * Workbox names its own files without their ending, which only bundlers understand. A replaced module is imported as
 * it is by its replacement alone.
 */
export const installHooks = (replacements: Replacements): void => {
  registerHooks({
    resolve: (specifier, context, next) => {
      const { parentURL = '' } = context
      if (specifier.startsWith('.') && parentURL.includes('/workbox-')) {
        const file = new URL(`${specifier}.js`, parentURL)
        if (existsSync(fileURLToPath(file))) return next(`${specifier}.js`, context)
      }
      const resolved = next(specifier, context)
      const other = replacements.get(resolved.url)
      return other === undefined || parentURL === other ? resolved : next(other, context)
    },
  })
}
