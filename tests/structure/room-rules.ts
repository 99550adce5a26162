import { type Reference, type SourceFile, target } from './read-imports.ts'

export const ROOMS = ['protocol', 'worker', 'sw', 'src', 'server'] as const
export type Room = (typeof ROOMS)[number]

const isYjs = (name: string): boolean => /^(yjs|lib0|y-[a-z]+)(\/|$)/.test(name) || /^@(yjs|y)\//.test(name)

const packageAllowed = (room: Room, name: string): string | null => {
  if (isYjs(name) && room !== 'worker') return 'only worker/ may use Yjs'
  if (room === 'protocol' && !['jose', 'cborg'].includes(name)) return 'protocol/ uses jose and cborg only'
  if (name.startsWith('node:') && room !== 'server') return 'only server/ runs in Node'
  return null
}

const roomOf = (path: string): string => path.split('/')[0] ?? ''
const isRoom = (name: string): name is Room => (ROOMS as readonly string[]).includes(name)

const problemWith = (room: Room, file: SourceFile, { kind, to }: Reference): string | null => {
  const relative = to.startsWith('.')
  if (kind === 'import' && !relative) return packageAllowed(room, to)
  if (!relative) return null
  const other = roomOf(target(file.path, to))
  if (kind === 'address') {
    if (!isRoom(other) || other === room) return null
    return room === 'src' && ['worker', 'sw'].includes(other)
      ? null
      : 'a room does not name the files of another'
  }
  return other === room || other === 'protocol' ? null : `${room}/ may import protocol/ and itself only`
}

/** What in a room breaks the rules, in words. */
export const problemsIn = (room: Room, files: readonly SourceFile[]): string[] =>
  files.flatMap(file =>
    file.references.flatMap(reference => {
      const problem = problemWith(room, file, reference)
      return problem ? [`${file.path} → ${reference.to}: ${problem}`] : []
    }),
  )
