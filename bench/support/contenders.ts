import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { installIfStale } from '../../scripts/install.mjs'
import { projectRoot } from '../../scripts/project.mjs'

/** What is measured beside Holdfast is a package of its own: the app does not bring it, and it is installed when needed. */
export const contendersFolder = join(projectRoot, 'bench', 'contenders')

/** Installs the contenders where they are not yet. Throws a sentence where that fails. */
export const prepareContenders = async (): Promise<void> => {
  const outcome = await installIfStale(contendersFolder)
  if (!outcome.ok) throw new Error(outcome.reason)
}

const versionIn = (folder: string, name: string): string =>
  (
    JSON.parse(readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8')) as {
      version: string
    }
  ).version

/** The versions of these packages: of the contenders', or else of the app's own. */
export const versionsOf = (names: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    names.map(name => {
      try {
        return [name, versionIn(contendersFolder, name)]
      } catch {
        return [name, versionIn(projectRoot, name)]
      }
    }),
  )
