import type { PeopleValue } from '../../protocol/people.ts'
import { asRole } from './people-words.ts'

/** Who has come since, and what became of oneself, in sentences: members see who joins. */
export const arrivals = (before: PeopleValue | undefined, now: PeopleValue): readonly string[] => {
  // Names come a moment after the rest.
  if (!before || before.workspace !== now.workspace || before.people.length === 0) return []
  const known = new Set(before.people.flatMap(({ devices }) => devices.map(({ device }) => device)))
  const persons = new Set(before.people.map(({ person }) => person))
  const said: string[] = []
  for (const { person, name, role, isMe, devices } of now.people) {
    if (!persons.has(person)) {
      said.push(`${name} has joined as ${asRole(role)}.`)
      continue
    }
    for (const { device, name: called, isThis } of devices)
      if (!known.has(device) && !isThis)
        said.push(isMe ? `Your device “${called}” has joined.` : `${name} has joined with “${called}”.`)
  }
  if (before.role !== now.role && before.role !== null)
    said.push(
      now.role === null
        ? 'This device was taken out of the workspace. What is here can still be read and exported.'
        : `You are ${asRole(now.role)} of this workspace now.`,
    )
  return said
}
