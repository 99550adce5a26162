/** Each goal of the bench, what was measured, and whether it is reached. `npm run bench -- goals`, after the others. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { judgeGoals } from './support/goals.ts'
import { readOptions } from './support/options.ts'
import { readResults } from './support/results.ts'

const { out } = readOptions()
const WORDS = { yes: 'reached', no: 'NOT REACHED', unknown: 'not measured' } as const

const judged = judgeGoals(readResults(out))
for (const { goal, measured, reached } of judged)
  console.log(`${WORDS[reached].padEnd(13)} ${goal}\n${' '.repeat(14)}${measured}`)
const rows = judged.map(({ goal, measured, reached }) => `| ${goal} | ${measured} | ${WORDS[reached]} |`)
writeFileSync(join(out, 'goals.md'), ['| goal | measured | |', '|---|---|---|', ...rows, ''].join('\n'))
