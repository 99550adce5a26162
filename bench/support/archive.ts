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

/** A .zip of Markdown files. Another `version` has the same files with one line more at the end of each. */
export const archiveOf = (count: number, bytesEach: number, version: number) => {
  const files = Object.fromEntries(
    Array.from({ length: count }, (_, index) => {
      const more = version === 0 ? '' : `\nWritten ${version} later: ${prose(index + version, 120)}\n`
      return [`${titleOf(index)}.md`, strToU8(`# ${titleOf(index)}\n${prose(index + 1, bytesEach)}${more}`)]
    }),
  )
  return { name: 'notes.zip', mimeType: 'application/zip', buffer: Buffer.from(zipSync(files, { level: 1 })) }
}
