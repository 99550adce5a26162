import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../project.mjs'

/** The file behind a package's command, to be run by our own Node: the links in .bin take whatever Node comes first. */
export const tool = (name: string, command = name): string => {
  const folder = join(projectRoot, 'node_modules', name)
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    bin: Record<string, string>
  }
  const file = bin[command]
  if (file === undefined) throw new Error(`The package ${name} has no command ${command}.`)
  return join(folder, file)
}
