import { expect, it } from 'vitest'
import {
  type Cleared,
  type ClipboardPlace,
  createSecretClipboard,
  IN_CLIPBOARD_MS,
} from '../../../src/vault/secret-clipboard.ts'
import { createManualClock } from '../../support/manual-clock.ts'

const setup = () => {
  const clock = createManualClock()
  const told: Cleared[] = []
  const focusListeners: (() => void)[] = []
  const state = {
    content: 'before',
    readable: true,
    focused: true,
    refuses: false,
    due: null as number | null,
  }
  const place: ClipboardPlace = {
    write: async text => {
      const words = await text
      if (state.refuses) throw new DOMException('no', 'NotAllowedError')
      state.content = words
    },
    read: async () => state.content,
    mayRead: async () => state.readable,
    hasFocus: () => state.focused,
    onFocus: listener => void focusListeners.push(listener),
    after: clock.after,
    now: clock.now,
    keepDue: due => {
      state.due = due
    },
    keptDue: () => state.due,
  }
  const clipboard = createSecretClipboard(place)
  return {
    clock,
    state,
    told,
    /** The page is loaded again. */
    reload: () => createSecretClipboard(place).resume(what => told.push(what)),
    copy: (text: string) => clipboard.copy(Promise.resolve(text), what => told.push(what)),
    copyLater: (text: Promise<string>) => clipboard.copy(text, what => told.push(what)),
    focus: async () => {
      state.focused = true
      for (const listener of focusListeners.splice(0)) listener()
      await clock.pass(0)
    },
  }
}

it('takes a secret out again after 30 seconds', async () => {
  const { clock, state, told, copy } = setup()
  await copy('secret')
  await clock.pass(IN_CLIPBOARD_MS - 1)
  expect(state.content).toBe('secret')
  await clock.pass(1)
  expect(state.content).toBe('')
  expect(told).toEqual(['taken-out'])
})

it('leaves alone what the person copied since', async () => {
  const { clock, state, told, copy } = setup()
  await copy('secret')
  state.content = 'a recipe'
  await clock.pass(IN_CLIPBOARD_MS)
  expect(state.content).toBe('a recipe')
  expect(told).toEqual(['other'])
})

it('empties the clipboard where it may not look into it, and says so', async () => {
  const { clock, state, told, copy } = setup()
  state.readable = false
  await copy('secret')
  await clock.pass(IN_CLIPBOARD_MS)
  expect(state.content).toBe('')
  expect(told).toEqual(['emptied'])
})

it('waits for the focus, without which a page may not touch the clipboard', async () => {
  const { clock, state, told, copy, focus } = setup()
  await copy('secret')
  state.focused = false
  await clock.pass(IN_CLIPBOARD_MS)
  expect(told).toEqual([])
  await focus()
  expect(state.content).toBe('')
  expect(told).toEqual(['taken-out'])
})

it('gives each copy its own time', async () => {
  const { clock, state, told, copy, focus } = setup()
  await copy('first')
  await clock.pass(IN_CLIPBOARD_MS - 1)
  await copy('second')
  await clock.pass(IN_CLIPBOARD_MS - 1)
  expect(state.content).toBe('second')
  state.focused = false
  await clock.pass(1)
  state.focused = true
  await copy('third')
  await focus()
  expect(state.content, 'the wait of the second is over').toBe('third')
  await clock.pass(IN_CLIPBOARD_MS)
  expect(told).toEqual(['taken-out'])
})

it('says where the browser refuses, at once or in the end', async () => {
  const { clock, state, told, copy, copyLater } = setup()
  await copy('secret')
  state.refuses = true
  await clock.pass(IN_CLIPBOARD_MS)
  expect(told).toEqual(['failed'])
  await expect(copy('other')).rejects.toThrow()
  await expect(copyLater(Promise.reject(new Error('not revealed')))).rejects.toThrow()
  expect(clock.waiting()).toBe(0)
})

it('goes on after the page was loaded again, and forgets it once it is done', async () => {
  const { clock, state, told, copy, reload } = setup()
  await copy('of a page that stays')
  expect(state.due).toBe(clock.now() + IN_CLIPBOARD_MS)
  await clock.pass(IN_CLIPBOARD_MS)
  expect(state.due).toBeNull()
  reload()
  expect(clock.waiting(), 'nothing is due').toBe(0)

  Object.assign(state, { content: 'of the page before', due: clock.now() + 10_000 })
  reload()
  await clock.pass(9_999)
  expect(state.content).toBe('of the page before')
  await clock.pass(1)
  expect(state).toMatchObject({ content: '', due: null })
  expect(told, 'what it was is not known any more').toEqual(['taken-out', 'emptied'])
})
