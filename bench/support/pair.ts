import { setTimeout as pause } from 'node:timers/promises'
import type { Editor } from '../contenders/editors/types.d.ts'
import type { Arena, Pace, StartArena } from './editors.ts'
import { endingAll } from './ending.ts'
import type { Keystroke } from './typing.ts'

/** Resolves when the editor has this text. */
export const whenText = (editor: Editor, text: () => string): Promise<void> =>
  new Promise(resolve => {
    let done = false
    const look = (): void => {
      if (done || editor.text() !== text()) return
      done = true
      resolve()
    }
    editor.onChange(look)
    look()
  })

/** Two devices with the same text open, until the work is done. */
export const withPair = <T>(
  start: StartArena,
  work: (one: Editor, other: Editor, arena: Arena) => Promise<T>,
  pace?: Pace,
): Promise<T> =>
  endingAll(async later => {
    const arena = await start(later, pace)
    const one = await arena.open(null)
    one.insert(0, 'Hello. ')
    await pause(500) // the other one has to find it at the server
    const other = await arena.open(one.document)
    await whenText(other, one.text)
    return await work(one, other, arena)
  })

/** Types what somebody would, with a pause before each key; 0 for none. */
export const type = async (
  editor: Editor,
  strokes: Iterable<Keystroke>,
  betweenMs: number,
): Promise<void> => {
  let count = 0
  for (const { at, remove, insert } of strokes) {
    count += 1
    if (betweenMs > 0) await pause(betweenMs)
    // A page gets to draw, and a socket to send, now and then.
    else if (count % 100 === 0) await pause(0)
    if (remove > 0) editor.remove(at, remove)
    if (insert !== '') editor.insert(at, insert)
  }
}
