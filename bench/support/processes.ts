import { readdirSync, readFileSync } from 'node:fs'

/** What all the processes of a browser have used since they were started. */
export interface Used {
  /** Seconds of processor time. */
  readonly seconds: number
  /** How often one of their threads was woken up. */
  readonly wakeUps: number
}

/** `getconf CLK_TCK` of every Linux that there is. */
const TICKS_A_SECOND = 100

const readIfThere = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return '' // it has just ended
  }
}

const numbersIn = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder).filter(name => /^\d+$/.test(name))
  } catch {
    return []
  }
}

/** The fields of /proc/<pid>/stat behind the name, which may have anything in it: see proc(5), from field 3 on. */
const statOf = (pid: string): readonly string[] =>
  readIfThere(`/proc/${pid}/stat`).split(') ').at(-1)!.split(' ')

/** The process and all that it started, as far as they live. */
const familyOf = (pid: number): readonly string[] => {
  const childrenOf = Map.groupBy(numbersIn('/proc'), child => statOf(child)[1])
  const family = [String(pid)]
  for (const member of family) family.push(...(childrenOf.get(member) ?? []))
  return family
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

/** Bytes of memory that the process and all that it started take: what several share is divided among them (PSS). */
export const memoryOf = (pid: number): number =>
  1024 *
  sum(
    familyOf(pid).map(member =>
      Number(/^Pss:\s+(\d+) kB$/m.exec(readIfThere(`/proc/${member}/smaps_rollup`))?.[1] ?? 0),
    ),
  )

const wakeUpsOf = (pid: string): number =>
  sum(
    numbersIn(`/proc/${pid}/task`).map(thread =>
      Number(
        /^voluntary_ctxt_switches:\s+(\d+)$/m.exec(readIfThere(`/proc/${pid}/task/${thread}/status`))?.[1] ??
          0,
      ),
    ),
  )

export const usedBy = (pid: number): Used => {
  const family = familyOf(pid)
  const ticks = family.map(member => {
    const [, , , , , , , , , , , user = '0', system = '0'] = statOf(member)
    return Number(user) + Number(system)
  })
  return { seconds: sum(ticks) / TICKS_A_SECOND, wakeUps: sum(family.map(wakeUpsOf)) }
}
