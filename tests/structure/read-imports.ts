import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseSync } from 'rolldown/utils'

export const root = fileURLToPath(new URL('../..', import.meta.url))

/** How one file names another: an import (of types too, static or dynamic), or an address made from its own. */
export interface Reference {
  readonly kind: 'import' | 'address'
  /** As it is written. */
  readonly to: string
}

export interface SourceFile {
  /** Below the root, with `/`. */
  readonly path: string
  readonly references: readonly Reference[]
}

interface Node {
  readonly type: string
  readonly [key: string]: unknown
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as Node).type === 'string'

const textOf = (value: unknown): string => {
  if (isNode(value) && value.type === 'Literal' && typeof value.value === 'string') return value.value
  if (isNode(value) && value.type === 'TSLiteralType') return textOf(value.literal)
  throw new Error('An import must name its file in plain text, or its rules cannot be checked.')
}

const IMPORTING = new Set([
  'ImportDeclaration',
  'ExportNamedDeclaration',
  'ExportAllDeclaration',
  'ImportExpression',
  'TSImportType',
])

const referenceOf = (node: Node): Reference | null => {
  if (IMPORTING.has(node.type)) {
    const source = node.source ?? node.argument
    return source ? { kind: 'import', to: textOf(source) } : null
  }
  if (node.type !== 'NewExpression') return null
  const { callee, arguments: args } = node as Node & { arguments: readonly unknown[] }
  const isAddress =
    isNode(callee) && callee.name === 'URL' && isNode(args[1]) && args[1].type === 'MemberExpression'
  const property = isAddress && isNode(args[1]) ? args[1].property : null
  return isNode(property) && property.name === 'url' ? { kind: 'address', to: textOf(args[0]) } : null
}

/** Everything that a source names. Throws where it cannot be parsed. */
export const readReferences = (path: string, source: string): Reference[] => {
  const { program, errors } = parseSync(path, source)
  if (errors.length > 0) throw new Error(`${path} cannot be parsed: ${errors[0]?.message}`)
  const found: Reference[] = []
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(walk)
    else if (typeof value === 'object' && value !== null) {
      const reference = isNode(value) ? referenceOf(value) : null
      if (reference) found.push(reference)
      Object.values(value).forEach(walk)
    }
  }
  walk(program)
  return found
}

const namesBelow = (folder: string): string[] =>
  readdirSync(join(root, folder)).flatMap(name => {
    const path = posix.join(folder, name)
    return statSync(join(root, path)).isDirectory() ? namesBelow(path) : [path]
  })

/** All TypeScript files of a room. */
export const readRoom = (room: string): SourceFile[] =>
  namesBelow(room)
    .filter(path => path.endsWith('.ts'))
    .map(path => ({ path, references: readReferences(path, readFileSync(join(root, path), 'utf8')) }))

/** The path below the root that a relative reference leads to. */
export const target = (from: string, to: string): string => posix.normalize(posix.join(dirname(from), to))
