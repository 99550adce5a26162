import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { tableContents } from './leveldb.ts'

/** How a text may lie in a file: as UTF-8, and as two bytes a letter in either order. */
const formsOf = (text: string): readonly Buffer[] => {
  const little = Buffer.from(text, 'utf16le')
  return [Buffer.from(text), little, Buffer.from(little).swap16()]
}

/** The files of a browser's profile in which a text, or bytes, lie anywhere, whatever the browser keeps there. */
export const profileFilesWith = async (
  profileDir: string,
  wanted: string | Uint8Array,
): Promise<readonly string[]> => {
  const forms = typeof wanted === 'string' ? formsOf(wanted) : [Buffer.from(wanted)]
  const entries = await readdir(profileDir, { recursive: true, withFileTypes: true })
  const found = entries.map(async entry => {
    if (!entry.isFile()) return []
    const path = join(entry.parentPath, entry.name)
    // A browser that runs takes files away at any time.
    const file = await readFile(path).catch(() => Buffer.alloc(0))
    const contents = [file, tableContents(file)]
    const holds = contents.some(bytes => forms.some(form => bytes.includes(form)))
    return holds ? [relative(profileDir, path)] : []
  })
  return (await Promise.all(found)).flat().sort()
}
