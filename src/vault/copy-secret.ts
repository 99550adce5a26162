import { wish } from '../app/events.ts'
import { browserClipboard, type Cleared, createSecretClipboard } from './secret-clipboard.ts'
import { CLEARED_WORDS, COPIED } from './vault-words.ts'

const clipboard = createSecretClipboard(browserClipboard())

/** By the time that it is told, the page of the vault may be closed; the app is still there. */
const say = (text: string): void => {
  const app = document.querySelector('hf-app')
  if (app) wish(app, { type: 'say', text })
}

const tell = (what: Cleared): void => {
  const words = CLEARED_WORDS[what]
  if (words !== null) say(words)
}

export const resumeCopied = (): void => clipboard.resume(tell)

/** Puts a secret into the clipboard for a while, and says what becomes of it. */
export const copySecret = (text: Promise<string>): void => {
  const copied = clipboard.copy(text, tell)
  copied.then(
    () => say(COPIED),
    async () => {
      // Why a secret could not be had was said where it was asked for.
      const isHere = await text.then(
        () => true,
        () => false,
      )
      if (isHere) say('This browser does not let it be copied. Show it, and copy it by hand.')
    },
  )
}
