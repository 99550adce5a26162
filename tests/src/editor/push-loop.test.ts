import { collab } from '@codemirror/collab'
import { ChangeSet, EditorState } from '@codemirror/state'
import { expect, it } from 'vitest'
import type { EditOutcome } from '../../../protocol/notes.ts'
import { ok } from '../../../protocol/result.ts'
import { createPushLoop } from '../../../src/editor/push-loop.ts'
import type { Watch } from '../../../src/views/view-feed.ts'

/** A tab and a worker that takes edits in the order in which they come, and answers only when it is told to. */
const setup = () => {
  let state = EditorState.create({ extensions: [collab({ startVersion: 7, clientID: 'tab' })] })
  let [text, version] = [state.doc, 7]
  let counted = 0
  let outOfStep = 0
  const answers: (() => void)[] = []
  const pushed: string[] = []
  const edit: Watch['edit'] = (base, updates) => {
    const current = base === version
    const accepted = current && updates[0]?.count === counted + 1
    pushed.push(`${updates.length} on ${base}`)
    if (accepted)
      for (const { changes } of updates) {
        text = ChangeSet.fromJSON(changes).apply(text)
        version += 1
        counted += 1
      }
    const result: EditOutcome = accepted
      ? { accepted, version }
      : { accepted, ...(current && { outOfStep: true }) }
    return new Promise(resolve => {
      answers.push(() => resolve(ok(result)))
    })
  }
  let ready = true
  const loop = createPushLoop({
    edit,
    state: () => state,
    counted: () => 0,
    ready: () => ready,
    onOutOfStep: () => {
      outOfStep += 1
    },
    onSettled: () => {},
    onProblem: () => {},
  })
  return {
    loop,
    pushed,
    text: () => text.toString(),
    type: (letter: string) => {
      state = state.update({ changes: { from: state.doc.length, insert: letter } }).state
      loop.schedule()
    },
    next: (letter: string) => state.update({ changes: { from: state.doc.length, insert: letter } }).state,
    answer: () => answers.shift()?.(),
    loseTouch: () => {
      ready = false
    },
    outOfStep: () => outOfStep,
    /** Somebody else's edit, as long as the text there is now, which this tab has not heard of. */
    othersType: (letter: string) => {
      text = ChangeSet.of({ from: 0, insert: letter }, text.length).apply(text)
      version += 1
    },
    /** The worker has had a step of this editor that the tab does not know of. */
    miscount: () => {
      counted += 1
    },
  }
}

const turn = () => new Promise(resolve => setImmediate(resolve))

it('sends what waits behind a push at once when the page goes away', async () => {
  const { loop, pushed, text, type } = setup()
  type('a')
  await turn()
  type('b')
  type('c')
  await turn()
  expect(pushed).toEqual(['1 on 7'])
  loop.pushRest()
  expect(pushed).toEqual(['1 on 7', '2 on 8'])
  expect(text()).toBe('abc')
})

it('sends only the rest where what was accepted has not come back yet', async () => {
  const { loop, pushed, text, type, answer } = setup()
  type('a')
  await turn()
  answer()
  await turn()
  type('b')
  await turn()
  expect(pushed).toEqual(['1 on 7'])
  loop.pushRest()
  expect(pushed).toEqual(['1 on 7', '1 on 8'])
  expect(text()).toBe('ab')
})

it('sends nothing twice where nothing waits', async () => {
  const { loop, pushed, type } = setup()
  loop.pushRest()
  type('a')
  await turn()
  loop.pushRest()
  expect(pushed).toEqual(['1 on 7'])
})

it('sends nothing on a text that it lost touch with', async () => {
  const { loop, pushed, type, loseTouch } = setup()
  type('a')
  await turn()
  type('b')
  loseTouch()
  loop.pushRest()
  expect(pushed).toEqual(['1 on 7'])
})

it('what waits behind a push is not done where somebody else came first, though the version fits by then', async () => {
  const { loop, text, type, othersType } = setup()
  othersType('x')
  type('a')
  await turn()
  type('b')
  loop.pushRest()
  expect(text()).toBe('x')
})

it('says so where the worker has other steps of this editor than it thought', async () => {
  const { text, type, answer, miscount, outOfStep } = setup()
  miscount()
  type('a')
  await turn()
  answer()
  await turn()
  expect([text(), outOfStep()]).toEqual(['', 1])
})

it('sends what the editor is about to show before it is shown', () => {
  const { loop, pushed, next } = setup()
  loop.push(next('a'))
  expect(pushed).toEqual(['1 on 7'])
})
