import type { Act } from './acts.ts'
import { isAllowed, type Speaker, speakerOf } from './authority.ts'
import { hasBit, type Node } from './graph.ts'
import { apply, emptyState, type Origin, rankOf, type State } from './state.ts'
import { costOf, type Work } from './work.ts'

/** What is left of a statement whose signer somebody else put out at the same time. */
export type Remnant = readonly Act[]

/** What a statement does, as far as it counts. */
export interface Verdict {
  readonly node: Node
  readonly acts: readonly Act[]
  /** Its signer, as they stood where they spoke. */
  readonly speaker: Speaker
  readonly rank: number
  readonly origin: Origin
}

/** Admins first and owners last, so that where both say something, the owner's stands. */
const byWeight = (a: Verdict, b: Verdict): number =>
  b.rank - a.rank || (a.node.statement.hash < b.node.statement.hash ? -1 : 1)

/** How things stood for whoever made `node`: all that it builds on and that counts, in the order in which it counts. */
export const stateBefore = (node: Node, verdicts: readonly Verdict[], work: Work): State => {
  const state = emptyState()
  work.spend(verdicts.length)
  for (const verdict of verdicts)
    if (hasBit(node.ancestors, verdict.node.index))
      for (const act of verdict.acts) {
        work.spend(costOf(act, state))
        apply(state, act, verdict.origin)
      }
  return state
}

interface Evaluation {
  readonly verdicts: readonly Verdict[]
  readonly state: State
}

/** Goes through the graph from its root, with what was annulled left out. */
export const evaluate = (
  nodes: readonly Node[],
  annulled: ReadonlyMap<number, Remnant>,
  work: Work,
): Evaluation => {
  const state = emptyState()
  const verdicts: Verdict[] = []
  const waiting = nodes.map(({ parents }) => parents.length)
  const children: number[][] = nodes.map(() => [])
  for (const { index, parents } of nodes) for (const parent of parents) children[parent]!.push(index)
  const ready: Verdict[] = []
  let done = 0

  /** Somebody may say many things at once, all built on the same. */
  const states = new Map<string, State>()
  const stateFor = (node: Node): State => {
    const place = node.parents.join()
    const state = states.get(place) ?? stateBefore(node, verdicts, work)
    states.set(place, state)
    return state
  }

  const admit = (node: Node): void => {
    const { statement } = node
    // All that it builds on was done, and nothing else: then there is nothing to go through again.
    const before = node.depth === done ? state : stateFor(node)
    const allowed = node.parents.length === 0 || isAllowed(before, statement, statement.signer)
    const { signer, iat, hash } = statement
    const speaker = speakerOf(before, statement)
    const rank = rankOf(speaker.role)
    const isAnnulled = annulled.has(node.index)
    const invitation = before.invitations.get(signer) ?? null
    const acts = allowed ? (annulled.get(node.index) ?? statement.acts) : []
    ready.push({ node, speaker, rank, acts, origin: { signer, iat, hash, rank, isAnnulled, invitation } })
  }

  for (const node of nodes) if (node.parents.length === 0) admit(node)
  while (ready.length > 0) {
    work.spend(ready.length)
    ready.sort(byWeight)
    const next = ready.shift()!
    done += 1
    verdicts.push(next)
    for (const act of next.acts) {
      work.spend(costOf(act, state))
      apply(state, act, next.origin)
    }
    for (const child of children[next.node.index]!) {
      waiting[child]! -= 1
      if (waiting[child] === 0) admit(nodes[child]!)
    }
  }
  return { verdicts, state }
}
