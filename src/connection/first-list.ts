import { FIRST_LIST_CHANNEL, type FirstListMessage } from '../../protocol/first-list.ts'
import type { NotesValue } from '../../protocol/notes.ts'
import type { WorkerConnection } from './worker-connection.ts'

/**
 * Hears what the list was when it was stored last, from the worker that starts. Once this page was connected it knows
 * better, also while a worker is started again. To be called before the worker is started.
 */
export const hearFirstList = (build: string, show: (list: NotesValue) => void) => {
  const channel = new BroadcastChannel(FIRST_LIST_CHANNEL)
  channel.onmessage = ({ data }: MessageEvent<FirstListMessage>) => {
    performance.mark('first list heard')
    if (data.build === build) show(data.list)
  }
  return {
    until: (connection: Pick<WorkerConnection, 'onState'>): void => {
      connection.onState(({ type }) => {
        if (type !== 'connecting') channel.close()
      })
    },
  }
}
