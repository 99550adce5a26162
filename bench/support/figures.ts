/** What was measured of one contender in one case: one sample a round. */
export interface Measured {
  readonly contender: string
  readonly samples: readonly number[]
  /** Why there is no figure, where there is none: it does not run here, or it failed. */
  readonly failed?: string
}

/** One thing that was measured, in one case, of every contender. */
export interface Figure {
  /** For example `deliveries a second`. */
  readonly measure: string
  /** What it was measured with, for example `{ rooms: 1, clients: 100 }`. */
  readonly with: Readonly<Record<string, number | string>>
  readonly unit: string
  readonly better: 'less' | 'more'
  readonly measured: readonly Measured[]
}

/** Of one part, as it is written to `bench/results/<part>.json`. */
export interface Results {
  readonly part: string
  /** ISO 8601, UTC. */
  readonly takenAt: string
  readonly machine: {
    readonly processor: string
    readonly cores: number
    /** Bytes. */
    readonly memory: number
    readonly system: string
    readonly node: string
  }
  /** Smaller than what is published: it shows that the part runs, and nothing else. */
  readonly small: boolean
  readonly rounds: number
  /** Which version of each contender. */
  readonly versions: Readonly<Record<string, string>>
  readonly figures: readonly Figure[]
}
