interface Surroundings {
  /** How many tabs of the app are open. */
  readonly tabs: () => Promise<number>
  readonly badge: { clearAppBadge?(): Promise<void> }
}

/** With every tab closed nobody else takes the number of unsent changes from the app's icon. */
export const createBadgeKeeper =
  ({ tabs, badge }: Surroundings) =>
  async (waiting: number): Promise<void> => {
    if (waiting > 0 || (await tabs()) > 0) return
    try {
      await badge.clearAppBadge?.()
    } catch {
      // The person or the system does not want badges.
    }
  }
