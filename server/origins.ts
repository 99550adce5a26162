/** The origins of this relay and of the pages that may use it. */
export interface Origins {
  /** Under which clients reach this relay. */
  own(): readonly string[]
  /** Clients that are no browsers show no origin; they cannot be tricked by a page, so they may come in. */
  isAllowed(origin: string | null): boolean
}

interface Deps {
  readonly publicOrigins: readonly string[]
  readonly allowedOrigins: readonly string[]
  /** The port listened on, known only after listening began where it was left to the system. */
  readonly port: () => number
}

export const createOrigins = ({ publicOrigins, allowedOrigins, port }: Deps): Origins => {
  const own = (): readonly string[] => [
    `http://localhost:${port()}`,
    `http://127.0.0.1:${port()}`,
    `http://[::1]:${port()}`,
    ...publicOrigins,
  ]
  return {
    own,
    isAllowed: origin => origin === null || own().includes(origin) || allowedOrigins.includes(origin),
  }
}
