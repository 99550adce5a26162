import { parseArgs } from 'node:util'

export interface PartOptions {
  /** As little as shows that the part runs. */
  readonly small: boolean
  readonly rounds: number
  /** The folder that results are written to. */
  readonly out: string
  /** The one contender to measure; null for all. */
  readonly only: string | null
}

const DEFAULT_ROUNDS = 5

/** `--small`, `--rounds N`, `--out FOLDER`, `--only CONTENDER`. Throws where they are something else. */
export const readOptions = (
  defaults: Partial<PartOptions> = {},
  args = process.argv.slice(2),
): PartOptions => {
  const { values } = parseArgs({
    args,
    options: {
      small: { type: 'boolean' },
      rounds: { type: 'string' },
      out: { type: 'string' },
      only: { type: 'string' },
    },
  })
  const small = values.small ?? false
  const rounds = Number(values.rounds ?? (small ? 1 : (defaults.rounds ?? DEFAULT_ROUNDS)))
  if (!Number.isSafeInteger(rounds) || rounds < 1) throw new Error('--rounds is a whole number from 1 on.')
  return {
    small,
    rounds,
    only: values.only ?? null,
    out: values.out ?? new URL('../results', import.meta.url).pathname,
  }
}
