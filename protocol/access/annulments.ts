import type { DeviceId } from '../ids.ts'
import type { Act } from './acts.ts'
import { isAllowed, isKnown, may } from './authority.ts'
import { hasBit, isConcurrent } from './graph.ts'
import { apply, type State } from './state.ts'
import { type Remnant, stateBefore, type Verdict } from './verdicts.ts'
import type { Work } from './work.ts'

const isJoin = (act: Act): boolean => act.do === 'join'
const isTaking = (act: Act): boolean => act.do === 'remove' || act.do === 'role' || act.do === 'revoke'

/**
 * Of what was said by somebody who was put out meanwhile: that they put out, in turn, whoever did that (removals unite).
 * Keys that they made stay known, since others may have written under them; none of them is the current one.
 */
const remnantOf = (said: Verdict, by: DeviceId, before: State): Remnant => {
  const person = before.devices.get(by)?.person
  return said.acts.flatMap((act): readonly Act[] => {
    if (act.do === 'rotate' || act.do === 'seal') return [act]
    if (act.do !== 'remove' || person === undefined) return []
    const devices = act.devices.filter(id => before.devices.get(id)?.person === person)
    return devices.length === 0 ? [] : [{ ...act, devices }]
  })
}

/** Whether `taking` could take a right from whoever said the other. */
const mayConcern = (said: Verdict, taking: Verdict, work: Work): boolean => {
  const { signer, acts } = said.node.statement
  const isJoining = acts.some(isJoin)
  return taking.acts.some(act => {
    work.spend(1)
    switch (act.do) {
      case 'role':
        return true
      case 'revoke':
        // Somebody else's invitation gives nobody the right to join by this one.
        return isJoining && act.invitation === signer
      case 'remove':
        work.spend(act.devices.length)
        return isJoining || act.devices.includes(signer)
      default:
        return false
    }
  })
}

/** What `taking` does, as far as its signer may do it to those who are there in `state`. */
const reaching = ({ acts, speaker }: Verdict, state: State): readonly Act[] =>
  acts
    .filter(isTaking)
    .map(act =>
      act.do === 'remove' ? { ...act, devices: act.devices.filter(id => isKnown(state, id)) } : act,
    )
    .filter(act => may(state, speaker, act))

/** Whether what `said` does would not be allowed, had its signer heard of `taking`. */
const isOverruled = (said: Verdict, taking: Verdict, verdicts: readonly Verdict[], work: Work): boolean => {
  const { statement } = said.node
  const before = stateBefore(said.node, verdicts, work)
  for (const act of reaching(taking, before)) apply(before, act, taking.origin)
  return !isAllowed(before, { ...statement, acts: said.acts }, statement.signer)
}

/** Finds, time after time, what is annulled next, until nothing is. */
export interface Annulments {
  next(
    verdicts: readonly Verdict[],
    annulled: ReadonlyMap<number, Remnant>,
  ): ReadonlyMap<number, Remnant> | null
}

/**
 * Of what was said at the same time, that goes first whose own signer nobody deprives of the right to it: whoever is put
 * out must not undo anything on the way. Where several put each other out in a ring, they do that before anything else.
 * Among equals owners' words go before admins', then by hash.
 */
export const createAnnulments = (work: Work): Annulments => {
  /** By taking and said; as long as nothing that either builds on was annulled. */
  const overruled = new Map<string, boolean>()

  const forget = (changed: ReadonlyMap<number, Remnant>, verdicts: readonly Verdict[]): void => {
    const stale = new Set(
      verdicts.flatMap(({ node }) =>
        [...changed.keys()].some(index => index === node.index || hasBit(node.ancestors, index))
          ? [`${node.index}`]
          : [],
      ),
    )
    work.spend(verdicts.length * changed.size + overruled.size)
    for (const pair of overruled.keys())
      if (pair.split(' ').some(index => stale.has(index))) overruled.delete(pair)
  }

  const next: Annulments['next'] = (verdicts, annulled) => {
    const acting = verdicts.filter(({ acts }) => acts.length > 0)
    const takings = acting
      .filter(({ acts }) => acts.some(isTaking))
      .sort((a, b) => a.rank - b.rank || (a.node.statement.hash < b.node.statement.hash ? -1 : 1))

    const overrules = (taking: Verdict, said: Verdict): boolean => {
      work.spend(1)
      if (annulled.has(said.node.index) || !isConcurrent(said.node, taking.node)) return false
      // What an owner says stands against an admin's word.
      if (said.rank < taking.rank || !mayConcern(said, taking, work)) return false
      const pair = `${taking.node.index} ${said.node.index}`
      const known = overruled.get(pair) ?? isOverruled(said, taking, verdicts, work)
      overruled.set(pair, known)
      return known
    }

    /** Those who put each other out with `taking`; null where somebody else puts one of them out. */
    const ringOf = (taking: Verdict): ReadonlySet<Verdict> | null => {
      const above = new Set([taking])
      for (const one of above)
        for (const other of takings) if (!above.has(other) && overrules(other, one)) above.add(other)
      const below = new Set([taking])
      for (const one of below)
        for (const other of takings) if (!below.has(other) && overrules(one, other)) below.add(other)
      return [...above].every(one => below.has(one)) ? above : null
    }

    for (const taking of takings) {
      const victims = acting.filter(said => overrules(taking, said))
      const ring = victims.length === 0 ? null : ringOf(taking)
      if (ring === null) continue
      const first = ring.size === 1 ? victims : victims.filter(said => ring.has(said))
      const found = new Map(
        first.map(said => {
          const before = stateBefore(said.node, verdicts, work)
          return [said.node.index, remnantOf(said, taking.node.statement.signer, before)] as const
        }),
      )
      forget(found, verdicts)
      return found
    }
    return null
  }

  return { next }
}

/** The highest of those who were there before and built on it. */
const metBy = (join: Verdict, verdicts: readonly Verdict[], work: Work): number => {
  const before = stateBefore(join.node, verdicts, work)
  const meeting = verdicts.filter(
    ({ node, acts, origin }) =>
      acts.length > 0 && hasBit(node.ancestors, join.node.index) && before.devices.has(origin.signer),
  )
  return meeting.reduce((highest, { rank }) => Math.min(highest, rank), Number.POSITIVE_INFINITY)
}

/**
 * Of those who came by the same invitation for one use at the same time, all but one. Somebody whom others have met
 * stays: whoever finds the link afterwards cannot take their place.
 */
export const tooLate = (verdicts: readonly Verdict[], work: Work): readonly Verdict[] => {
  const joins = verdicts.filter(({ acts, origin }) => acts.some(isJoin) && origin.invitation?.once)
  return [...Map.groupBy(joins, ({ origin }) => origin.signer).values()].flatMap(same => {
    if (same.length === 1) return []
    const ranked = same.map(join => ({ join, met: metBy(join, verdicts, work) }))
    ranked.sort((a, b) =>
      a.met === b.met ? (a.join.origin.hash < b.join.origin.hash ? -1 : 1) : a.met - b.met,
    )
    const stay: Verdict[] = []
    work.spend(ranked.length ** 2)
    for (const { join } of ranked)
      if (!stay.some(other => isConcurrent(other.node, join.node))) stay.push(join)
    return same.filter(join => !stay.includes(join))
  })
}
