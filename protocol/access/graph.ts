import type { Statement } from './statement.ts'

/** A statement with its place among all that are known. */
export interface Node {
  readonly index: number
  readonly statement: Statement
  readonly parents: readonly number[]
  /** One bit for each statement that it builds on, directly or not. */
  readonly ancestors: Uint32Array
  /** How many bits are set. */
  readonly depth: number
}

export const hasBit = (bits: Uint32Array, index: number): boolean =>
  (bits[index >>> 5]! & (1 << (index & 31))) !== 0

export const setBit = (bits: Uint32Array, index: number): void => {
  bits[index >>> 5]! |= 1 << (index & 31)
}

const countBits = (bits: Uint32Array): number => {
  let count = 0
  for (let word of bits) for (; word !== 0; word &= word - 1) count += 1
  return count
}

const byPlace = (a: Statement, b: Statement): number => a.gen - b.gen || (a.hash < b.hash ? -1 : 1)

/**
 * Puts statements together, whatever order they came in. What builds on something that is not there is left out, and so
 * is what says of itself a wrong place, or begins anew. Parents come before children.
 */
export const graphOf = (
  statements: Iterable<Statement>,
  isFirst: (statement: Statement) => boolean,
): readonly Node[] => {
  const unique = new Map([...statements].map(statement => [statement.hash, statement]))
  const sorted = [...unique.values()].sort(byPlace)
  const words = (sorted.length >>> 5) + 1
  const nodes: Node[] = []
  const places = new Map<string, number>()
  for (const statement of sorted) {
    if (statement.prev.length === 0 && (nodes.length > 0 || !isFirst(statement))) continue
    const parents = statement.prev.map(hash => places.get(hash))
    if (!parents.every(place => place !== undefined)) continue
    const gen = parents.reduce<number>((most, place) => Math.max(most, nodes[place]!.statement.gen + 1), 0)
    if (gen !== statement.gen) continue
    const ancestors = new Uint32Array(words)
    for (const place of parents) {
      const above = nodes[place]!.ancestors
      for (let word = 0; word < words; word += 1) ancestors[word]! |= above[word]!
      setBit(ancestors, place)
    }
    const index = nodes.length
    places.set(statement.hash, index)
    nodes.push({ index, statement, parents, ancestors, depth: countBits(ancestors) })
  }
  return nodes
}

/** Neither knew of the other. */
export const isConcurrent = (a: Node, b: Node): boolean =>
  a.index !== b.index && !hasBit(a.ancestors, b.index) && !hasBit(b.ancestors, a.index)

/** Hashes of the statements that no other builds on. */
export const headsOf = (nodes: readonly Node[]): readonly string[] => {
  const built = new Set(nodes.flatMap(({ parents }) => parents))
  return nodes
    .filter(({ index }) => !built.has(index))
    .map(({ statement }) => statement.hash)
    .sort()
}
