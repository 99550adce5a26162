import { type EditorState, Transaction, type TransactionSpec } from '@codemirror/state'
import type { EditorView, EditorViewConfig } from '@codemirror/view'
import { beforeAll, expect, it, vi } from 'vitest'
import type { Command, Intent } from '../../../protocol/commands.ts'
import { fail, type Result } from '../../../protocol/result.ts'
import type { TabMessage, ViewMessage } from '../../../protocol/view-messages.ts'
import type { CommandOptions, RunCommand } from '../../../src/connection/command-queue.ts'
import { createEditStash } from '../../../src/editor/edit-stash.ts'
import { createNoteSessions } from '../../../src/editor/note-sessions.ts'
import { createUnstoredEdits } from '../../../src/editor/unstored-edits.ts'
import { createViewFeed } from '../../../src/views/view-feed.ts'
import { textOf } from '../../../worker/notes/y-text.ts'
import { createNoteView } from '../../../worker/tabs/note-view.ts'
import type { Providers, RequestOf } from '../../../worker/tabs/view.ts'
import { createViewHub } from '../../../worker/tabs/view-hub.ts'
import { settled } from '../../support/manual-clock.ts'
import { seededDice } from '../../support/seeded.ts'
import { createStorage } from '../../support/storage.ts'
import { createDevice, must } from '../../worker/notes/setup.ts'

/** An editor without a page: state, transactions, and the listeners that an EditorView calls. */
vi.mock('@codemirror/view', async original => {
  const real = await original<typeof import('@codemirror/view')>()
  const headless = (config: EditorViewConfig & { readonly state: EditorState }) => {
    const view = {
      state: config.state,
      dispatch: (of: Transaction | TransactionSpec) => {
        const transaction = of instanceof Transaction ? of : view.state.update(of)
        config.dispatchTransactions?.([transaction], view as never)
      },
      update: ([transaction]: readonly [Transaction]) => {
        view.state = transaction.state
        for (const listen of view.state.facet(real.EditorView.updateListener))
          listen({ docChanged: transaction.docChanged } as never)
      },
      destroy: () => {},
    }
    return view
  }
  return { ...real, EditorView: new Proxy(real.EditorView, { construct: (_, [config]) => headless(config) }) }
})
beforeAll(() => {
  vi.stubGlobal('document', { createElement: () => ({ attachShadow: () => ({}) }) })
})

/** Messages on their way, in order. */
type Line = (() => void)[]
type Worker = Awaited<ReturnType<typeof startWorker>>

const startWorker = async (
  life: number,
  disk: Map<string, Uint8Array>,
  marks: Map<string, Map<string, unknown>>,
) => {
  const device = await createDevice(life, disk, marks)
  const providers = {
    note: (request: RequestOf<'note'>) =>
      createNoteView({ notes: device.notes, workspace: WORKSPACE, release: () => undefined }, request),
  }
  const hub = createViewHub({
    providers: () => providers as unknown as Providers,
    clock: device.clock,
    epoch: `life ${life}`,
  })
  const run = ({ id }: Command): Promise<Result<unknown>> => device.notes.create({ id })
  return { ...device, hub, run }
}

interface TabWorld {
  readonly note: string
  readonly device: ReturnType<typeof createStorage>
  readonly lines: Set<Line>
  readonly page: () => string
}

/** One tab of a browser, with a page that can be loaded again. */
const openTab = (world: TabWorld, tab = createStorage()) => {
  const feed = createViewFeed()
  const commands: Line = []
  const views: Line = []
  const fromWorker: Line = []
  const pending = new Set<(lost: Result<never>) => void>()
  const mine: string[] = []
  let worker: Worker | null = null
  let leave = () => {}
  const run: RunCommand = <I extends Intent>(intent: I, { id = 'any' }: CommandOptions = {}) =>
    new Promise(resolve => {
      const settle = resolve as (result: Result<unknown>) => void
      const to = worker
      if (!to) return settle(LOST)
      pending.add(settle)
      commands.push(() => {
        void to.run({ id, intent }).then(result => {
          fromWorker.push(() => {
            if (pending.delete(settle)) settle(result)
          })
        })
      })
    })
  const edits = createUnstoredEdits()
  const sessions = createNoteSessions({ feed, run, edits })
  const stash = createEditStash({ tab, device: () => world.device, page: world.page() })
  const takeOver = (page: string) => {
    const legacy = stash.left(page)
    if (legacy) sessions.takeOver(legacy)
  }
  const before = stash.take()
  sessions.goOn(before.legacy, before.writing, world.note)
  for (const page of stash.pages()) takeOver(page)
  let view: EditorView | null = null
  sessions.open(world.note, { activeElement: null } as ShadowRoot, {
    onNote: () => {},
    onUnavailable: () => {},
    onProblem: () => {},
    onReady: ready => {
      view = ready
    },
  })

  const forget = () => {
    for (const line of [views, fromWorker]) line.length = 0
    leave()
  }
  return {
    tab,
    edits,
    takeOver,
    text: () => view?.state.doc.toString() ?? null,
    type: (at: number, insert: string) => {
      mine.push(insert)
      view?.dispatch({ changes: { from: at % (view.state.doc.length + 1), insert } })
    },
    /** Takes the latest letter of this page out again, and returns it. */
    takeBack: (): string | null => {
      const last = mine.pop()
      const at = last && view ? view.state.doc.toString().indexOf(last) : -1
      if (last === undefined || at < 0) return null
      view?.dispatch({ changes: { from: at, to: at + 1 } })
      return last
    },
    connect: (to: Worker) => {
      worker = to
      for (const mine of [commands, views, fromWorker]) world.lines.add(mine)
      const line = to.hub.join(message => {
        const copy = structuredClone(message)
        fromWorker.push(() => receive(copy))
      })
      leave = line.leave
      const receive: (message: ViewMessage) => void = feed.attach((message: TabMessage) => {
        views.push(() => line.receive(message))
      })
    },
    /** The worker died. */
    cut: () => {
      forget()
      commands.length = 0
      worker = null
      feed.detach()
      for (const settle of [...pending]) settle(LOST)
      pending.clear()
    },
    /** The page goes away; what it has said may still arrive, or not. */
    close: (arrives: boolean) => {
      sessions.pushRest()
      stash.put(sessions.kept())
      // Its line goes on until what it said last has come, or would have.
      const says = arrives ? [...commands, ...views, leave] : [leave]
      world.lines.add(says)
      for (const line of [commands, views, fromWorker]) world.lines.delete(line)
    },
  }
}
type Tab = ReturnType<typeof openTab>

const LOST = fail('connection-lost', 'The worker is gone.')
const NOTE = 'AAAAAAAAAAAAAAAAAAAAAg'
const WORKSPACE = 'sTqR5bZ1h7ZrX0bXf3n8mT3iYq0cYwzvJm4nT2a1kQA'

const play = async (seed: number, steps: number) => {
  const dice = seededDice(seed)
  const disk = new Map<string, Uint8Array>()
  const marks = new Map<string, Map<string, unknown>>()
  let lives = seed * 1000
  let worker = await startWorker(++lives, disk, marks)
  must(await worker.notes.create({ id: NOTE, text: '' }))
  await worker.documents.flush()
  const lines = new Set<Line>()
  let pages = 0
  const world = { note: NOTE, device: createStorage(1_000_000), lines, page: () => `page ${++pages}` }
  const tabs: Tab[] = []
  const enter = (tab: Tab) => {
    tab.connect(worker)
    tabs.push(tab)
  }
  const deliver = async () => {
    const busy = [...lines].filter(line => line.length > 0)
    if (busy.length > 0) dice.pick(busy).shift()?.()
    await settled()
    return busy.length > 0
  }
  let letters = 0
  const letter = () => String.fromCharCode(0x4e00 + letters++)
  const typed: string[] = []
  const takenBack = new Set<string>()
  const leaveTab = (again: boolean) => {
    const [tab] = tabs.splice(dice.below(tabs.length), 1)
    if (!tab) return
    tab.close(dice.below(2) === 0)
    // Others are told of what it left.
    if (dice.below(2) === 0) for (const other of tabs) other.takeOver(`page ${pages}`)
    if (again) enter(openTab(world, tab.tab))
  }
  const crash = async () => {
    worker.documents.holdStorage()
    for (const tab of tabs) tab.cut()
    lines.clear()
    worker = await startWorker(++lives, disk, marks)
    for (const tab of tabs.splice(0)) enter(tab)
  }

  enter(openTab(world))
  for (let step = 0; step < steps; step++) {
    const action = dice.below(40)
    if (action < 12 && tabs.length > 0) {
      const tab = dice.pick(tabs)
      if (tab.text() === null) continue
      const word = letter()
      typed.push(word)
      tab.type(dice.below(10_000), word)
    } else if (action === 12) leaveTab(true)
    else if (action === 13) leaveTab(false)
    else if (action === 14 && tabs.length < 3) enter(openTab(world))
    else if (action === 15) await crash()
    else if (action === 16) worker.documents.holdStorage()
    else if (action === 17) worker.documents.storeNow()
    else if (action === 18) {
      const open = await worker.documents.open(NOTE)
      open.doc.transact(() => textOf(open.doc).insert(0, '-'), 'sync')
      open.release()
    } else if (action === 19 && tabs.length > 0) {
      const word = dice.pick(tabs).takeBack()
      if (word !== null) takenBack.add(word)
    } else await deliver()
  }

  worker.documents.storeNow()
  enter(openTab(world))
  while (await deliver());
  worker.documents.storeNow()
  while (await deliver());
  const text = tabs.at(-1)?.text() ?? ''
  const found = [...text].filter(character => character !== '-')
  expect(new Set(found).size, `seed ${seed}: nothing twice`).toBe(found.length)
  // Where others changed the text on both sides meanwhile, a letter that was taken out may be back; none is lost by it.
  const surely = (letters: readonly string[]) => letters.filter(one => !takenBack.has(one)).toSorted()
  expect(surely(found), `seed ${seed}`).toEqual(surely(typed))
  for (const tab of tabs) expect(tab.text(), `seed ${seed}`).toBe(text)
  for (const tab of tabs) expect(tab.edits.allStored(), `seed ${seed}`).toBe(true)
  expect(world.device.length, `seed ${seed}`).toBe(0)
}

/**
 * 339: a step that changed nothing any more was left out, and those after it got its name. 5210: where it was the first
 * one in a life of the worker, it was never said to be stored. 5909: it was said so before its count was.
 */
const FAILED_ONCE = [339, 5210, 5909]

it('TAB-5: whatever is closed, loaded again or crashes, every letter is there once, and nothing stays behind', async () => {
  const [from, runs] = [Number(process.env.FUZZ_SEED ?? 1), Number(process.env.FUZZ_RUNS ?? 60)]
  for (const seed of FAILED_ONCE) await play(seed, 200)
  for (let seed = from; seed < from + runs; seed++) await play(seed, 200)
}, 60_000)
