import { once } from 'node:events'
import { afterEach, expect, test } from 'vitest'
import { FIRST_LIST_CHANNEL, type FirstListMessage } from '../../../protocol/first-list.ts'
import type { NotesValue } from '../../../protocol/notes.ts'
import { hearFirstList } from '../../../src/connection/first-list.ts'
import type { ConnectionState } from '../../../src/connection/worker-connection.ts'

const LIST: NotesValue = { rows: [], total: 0, all: 0 }
const channels: BroadcastChannel[] = []
afterEach(() => {
  for (const channel of channels.splice(0)) channel.close()
})

const setup = () => {
  const shown: NotesValue[] = []
  const heard = new EventTarget()
  let tell: (state: ConnectionState) => void = () => undefined
  hearFirstList('this build', list => {
    shown.push(list)
    heard.dispatchEvent(new Event('list'))
  }).until({
    onState: listener => {
      tell = listener
      return () => undefined
    },
  })
  const worker = new BroadcastChannel(FIRST_LIST_CHANNEL)
  channels.push(worker)
  const say = (build: string) => worker.postMessage({ build, list: LIST } satisfies FirstListMessage)
  /** Messages come in order: whatever was said before this has been heard, too. */
  const saidAll = async () => {
    const other = new BroadcastChannel(FIRST_LIST_CHANNEL)
    channels.push(other)
    const last = once(other as unknown as EventTarget, 'message')
    say('the last')
    await last
  }
  return { shown, say, saidAll, heard, tell: (type: 'connected') => tell({ type, epoch: 'e' }) }
}

test('a page shows what the worker of its build says before it is connected', async () => {
  const { shown, say, heard, tell } = setup()
  const list = once(heard, 'list')
  say('another build')
  say('this build')
  await list
  expect(shown).toEqual([LIST])
  tell('connected')
})

test('TAB-10: once connected, a page knows better than any worker that starts', async () => {
  const { shown, say, saidAll, tell } = setup()
  tell('connected')
  say('this build')
  await saidAll()
  expect(shown).toEqual([])
})
