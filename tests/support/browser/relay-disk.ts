import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { App } from './app.ts'

/** The files of the relay in which a phrase stands, in any of the encodings in which it could stand there. */
export const relayHolds = async (app: App, phrase: string): Promise<string[]> => {
  const found: string[] = []
  for (const entry of await readdir(app.dataDir(), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    const bytes = await readFile(path)
    const forms = [
      phrase,
      Buffer.from(phrase, 'utf16le'),
      Buffer.from(phrase).toString('base64').slice(4, -6),
    ]
    if (forms.some(form => bytes.includes(form))) found.push(path)
  }
  return found
}
