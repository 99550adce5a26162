/** Chromium's event; it is in no standard and in no type library. */
interface BeforeInstallPromptEvent extends Event {
  prompt(): Promise<{ readonly outcome: 'accepted' | 'dismissed' }>
}

export interface InstallOffer {
  readonly available: boolean
  onChange(listener: () => void): () => void
  /** Shows the browser's own question. */
  install(): Promise<void>
}

/** Must be made before the browser makes its offer, which happens once and early. */
export const createInstallOffer = (page: Pick<Window, 'addEventListener'>): InstallOffer => {
  const listeners = new Set<() => void>()
  let offer: BeforeInstallPromptEvent | null = null
  const set = (to: BeforeInstallPromptEvent | null) => {
    offer = to
    for (const listener of listeners) listener()
  }
  page.addEventListener('beforeinstallprompt', event => {
    event.preventDefault()
    set(event as BeforeInstallPromptEvent)
  })
  page.addEventListener('appinstalled', () => set(null))
  return {
    get available() {
      return offer !== null
    },
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async install() {
      const asked = offer
      if (!asked) return
      // An offer can be used once; if the person declines, the browser makes another when it sees fit.
      set(null)
      await asked.prompt()
    },
  }
}
