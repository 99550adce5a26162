import { CLIPBOARD_DUE } from './clipboard-due.ts'

/** The clipboard and the page around it, as a browser has them. */
export interface ClipboardPlace {
  write(text: Promise<string>): Promise<void>
  read(): Promise<string>
  /** Whether reading needs no question to the person. */
  mayRead(): Promise<boolean>
  hasFocus(): boolean
  /** Once, when the page has the focus again. */
  onFocus(listener: () => void): void
  after(delay: number, action: () => void): () => void
  now(): number
  /** When a secret has to be out of the clipboard, kept for this tab's next page; null forgets it. */
  keepDue(due: number | null): void
  keptDue(): number | null
}

/** How long a secret stays in the clipboard. */
export const IN_CLIPBOARD_MS = 30_000

/** What became of a secret in the clipboard: emptied whatever was in it, taken out of it, or something else was there. */
export type Cleared = 'emptied' | 'taken-out' | 'other' | 'failed'

/** Puts secrets into the clipboard for a short time. */
export interface SecretClipboard {
  /**
   * Rejects where the browser does not let it be written, or the text cannot be had. `onCleared` is told afterwards:
   * a page without the focus may not touch the clipboard, so it can be later than the time says.
   */
  copy(text: Promise<string>, onCleared: (what: Cleared) => void): Promise<void>
  /** The page was loaded again after a secret was copied: what it was is forgotten, that it has to go is not. */
  resume(onCleared: (what: Cleared) => void): void
}

export const createSecretClipboard = (place: ClipboardPlace): SecretClipboard => {
  let cancel = (): void => undefined
  /** Which copy it is: a later one has its own time. */
  let latest = 0

  const takeOut = async (secret: string | null): Promise<Cleared> => {
    const readable = secret !== null && (await place.mayRead())
    if (readable && (await place.read()) !== secret) return 'other'
    await place.write(Promise.resolve(''))
    return readable ? 'taken-out' : 'emptied'
  }

  const clear = async (
    secret: string | null,
    copy: number,
    onCleared: (what: Cleared) => void,
  ): Promise<void> => {
    if (copy !== latest) return
    if (!place.hasFocus()) {
      place.onFocus(() => void clear(secret, copy, onCleared))
      return
    }
    const cleared = await takeOut(secret).catch(() => 'failed' as const)
    if (copy === latest) place.keepDue(null)
    onCleared(cleared)
  }

  return {
    copy: async (text, onCleared) => {
      latest += 1
      const copy = latest
      cancel()
      await place.write(text)
      const secret = await text
      if (copy !== latest) return
      place.keepDue(place.now() + IN_CLIPBOARD_MS)
      cancel = place.after(IN_CLIPBOARD_MS, () => void clear(secret, copy, onCleared))
    },
    resume: onCleared => {
      const due = place.keptDue()
      if (due === null) return
      latest += 1
      const copy = latest
      cancel = place.after(Math.max(0, due - place.now()), () => void clear(null, copy, onCleared))
    },
  }
}

/** Safari lets a page write only what it was handed during the click; a promise for it will do. */
const write = async (text: Promise<string>): Promise<void> => {
  if (typeof ClipboardItem === 'undefined') return navigator.clipboard.writeText(await text)
  const blob = text.then(words => new Blob([words], { type: 'text/plain' }))
  await navigator.clipboard.write([new ClipboardItem({ 'text/plain': blob })])
}

export const browserClipboard = (): ClipboardPlace => ({
  write,
  read: () => navigator.clipboard.readText(),
  mayRead: async () => {
    try {
      // Not in the type: not every browser knows this name, and those throw.
      const { state } = await navigator.permissions.query({ name: 'clipboard-read' as PermissionName })
      return state === 'granted'
    } catch {
      return false
    }
  },
  hasFocus: () => document.hasFocus(),
  onFocus: listener => window.addEventListener('focus', listener, { once: true }),
  after: (delay, action) => {
    const timer = setTimeout(action, delay)
    return () => clearTimeout(timer)
  },
  now: () => Date.now(),
  keepDue: due => {
    if (due === null) sessionStorage.removeItem(CLIPBOARD_DUE)
    else sessionStorage.setItem(CLIPBOARD_DUE, String(due))
  },
  keptDue: () => {
    const kept = sessionStorage.getItem(CLIPBOARD_DUE)
    return kept === null ? null : Number(kept)
  },
})
