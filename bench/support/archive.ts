import { strToU8, zipSync } from 'fflate'

const WORDS =
  'the quick light of morning over hills and water we walked slowly home talking about plans for winter bread garden letters songs numbers and what the children had said'.split(
    ' ',
  )

/** Words in an order that is the same for the same seed, about `length` characters of them. */
const prose = (seed: number, length: number): string => {
  let state = seed * 2654435761 + 1
  const lines: string[] = []
  for (let size = 0; size < length; ) {
    const words: string[] = []
    for (let count = 0; count < 14; count++) {
      state = (state * 1103515245 + 12345) % 2147483648
      words.push(WORDS[state % WORDS.length]!)
    }
    const line = words.join(' ')
    lines.push(line)
    size += line.length + 1
  }
  return lines.join('\n')
}

/** The title of the note that was made from the file with this number. */
const titleOf = (index: number): string => `Note ${String(index).padStart(5, '0')}`

export interface Note {
  readonly id: string
  /** Markdown that begins with a title. */
  readonly text: string
}

/** About that many bytes. Another `version` has one line more at the end. */
export const noteOf = (index: number, bytes: number, version = 0): Note => {
  const more = version === 0 ? '' : `\nWritten ${version} later: ${prose(index + version, 120)}\n`
  return { id: `note-${index}`, text: `# ${titleOf(index)}\n${prose(index + 1, bytes)}${more}` }
}

export const notesOf = (count: number, bytesEach: number, version = 0): readonly Note[] =>
  Array.from({ length: count }, (_, index) => noteOf(index, bytesEach, version))

/** A .zip of Markdown files, as a file that is given to a page. */
export const zipOf = (notes: readonly Note[]) => {
  const files = Object.fromEntries(notes.map(({ id, text }) => [`${id}.md`, strToU8(text)]))
  return { name: 'notes.zip', mimeType: 'application/zip', buffer: Buffer.from(zipSync(files, { level: 1 })) }
}

export const archiveOf = (count: number, bytesEach: number, version: number) =>
  zipOf(notesOf(count, bytesEach, version))
