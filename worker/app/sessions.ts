import type { WorkspaceId } from '../../protocol/ids.ts'
import { fail, type Result } from '../../protocol/result.ts'
import type { Session } from './session.ts'

/** A session for as long as it is needed; releasing it once more does nothing. */
export interface HeldSession {
  readonly session: Session
  /** Resolves when the session is closed, where nobody else holds it. */
  release(): Promise<void>
}

/** The workspaces that are open now: each is opened once, however many use it, and closed when nobody does. */
export interface Sessions {
  /** Errors: `closed`, and those of opening. */
  acquire(id: WorkspaceId): Promise<Result<HeldSession>>
  /**
   * Closes a workspace once nobody holds it any more, or after some time in any case, and does `work` before anybody can
   * open it again.
   */
  end(id: WorkspaceId, work: () => Promise<void>): Promise<void>
  /** Closes all of them and opens none any more. */
  close(): Promise<void>
}

interface Deps {
  /** Errors are handed on. */
  readonly open: (id: WorkspaceId) => Promise<Result<Session>>
  readonly after: (delay: number, action: () => void) => () => void
}

interface Entry {
  readonly opening: Promise<Result<Session>>
  users: number
  /** Resolves when the session is closed. */
  readonly closed: Promise<void>
  readonly close: () => Promise<void>
}

/** A tab lets go of a note once all that was typed is stored. One that is frozen never does. */
const PATIENCE_MS = 5_000

const CLOSED = fail('closed', 'Holdfast is being closed here. Load the page again.')

export const createSessions = ({ open, after }: Deps): Sessions => {
  const entries = new Map<WorkspaceId, Entry>()
  const closing = new Map<WorkspaceId, Promise<void>>()
  let over = false

  const makeEntry = (id: WorkspaceId): Entry => {
    let tellClosed = (): void => undefined
    const closed = new Promise<void>(resolve => {
      tellClosed = resolve
    })
    const close = async (): Promise<void> => {
      if (entries.get(id) !== entry) return closed
      entries.delete(id)
      closing.set(id, closed)
      try {
        const opened = await entry.opening
        if (opened.ok) await opened.value.close()
      } finally {
        if (closing.get(id) === closed) closing.delete(id)
        tellClosed()
      }
    }
    const entry: Entry = { opening: open(id), users: 0, closed, close }
    return entry
  }

  const acquire = async (id: WorkspaceId): Promise<Result<HeldSession>> => {
    // Two of one workspace at a time would be two copies of each document.
    for (let before = closing.get(id); before; before = closing.get(id)) await before
    if (over) return CLOSED
    const entry = entries.get(id) ?? makeEntry(id)
    entries.set(id, entry)
    entry.users += 1
    const leave = async (): Promise<void> => {
      entry.users -= 1
      if (entry.users === 0) await entry.close()
    }
    try {
      const opened = await entry.opening
      if (!opened.ok) {
        await leave()
        return opened
      }
      let held = true
      return {
        ok: true,
        value: {
          session: opened.value,
          release: async () => {
            if (!held) return
            held = false
            await leave()
          },
        },
      }
    } catch (error) {
      await leave().catch(() => undefined) // what failed is told by the error below
      throw error
    }
  }

  return {
    acquire,
    end: async (id, work) => {
      const entry = entries.get(id)
      if (entry) {
        const waited = new Promise<void>(resolve => {
          const cancel = after(PATIENCE_MS, resolve)
          void entry.closed.then(cancel)
        })
        await Promise.race([entry.closed, waited])
      }
      const before = entries.get(id)?.close() ?? closing.get(id)
      const ended = (async () => {
        await before
        await work()
      })()
      const over = ended
        .catch(() => undefined) // whoever ends it is told
        .finally(() => {
          if (closing.get(id) === over) closing.delete(id)
        })
      closing.set(id, over)
      await ended
    },
    close: async () => {
      over = true
      await Promise.all([...entries.values()].map(entry => entry.close()))
      await Promise.all(closing.values())
    },
  }
}
