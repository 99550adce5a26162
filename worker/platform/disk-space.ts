/** How many bytes the browser still lets this app store; null where it does not say. */
export type FreeSpace = () => Promise<number | null>

export const browserFreeSpace =
  (storage: Pick<StorageManager, 'estimate'> | undefined): FreeSpace =>
  async () => {
    const { quota, usage } = (await storage?.estimate().catch(() => null)) ?? {}
    return quota === undefined || usage === undefined ? null : Math.max(0, quota - usage)
  }
