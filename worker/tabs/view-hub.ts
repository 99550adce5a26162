import { type Failure, fail, type Result } from '../../protocol/result.ts'
import type { TabMessage, ViewMessage } from '../../protocol/view-messages.ts'
import type { ViewRequest } from '../../protocol/views.ts'
import type { Clock } from '../platform/clock.ts'
import { createSharedView, type SharedView, type Watcher } from './shared-view.ts'
import { readTabMessage } from './tab-message.ts'
import type { AnyView, Providers } from './view.ts'

/** Views for all tabs. */
export interface ViewHub {
  /** A tab's line; `receive` takes what comes over its port. */
  join(send: (message: ViewMessage) => void): TabLine
  /**
   * Another workspace is shown: every watch gets a snapshot from the new providers. Notes stay with the workspace that
   * they were opened in, so that what was typed is stored there, until the tabs let go of them.
   */
  reset(): void
  /** How many distinct views are open. */
  views(): number
}

interface TabLine {
  receive(data: unknown): void
  leave(): void
}

interface Deps {
  /** Asked anew at every opening of a view. */
  readonly providers: () => Providers
  readonly clock: Clock
  /** One life of the worker. */
  readonly epoch: string
}

interface Line {
  /** Whether anybody can see the tab. */
  seen: boolean
  readonly watches: Map<number, Watch>
}

interface Watch {
  readonly request: ViewRequest
  readonly line: Line
  readonly send: (message: ViewMessage) => void
  readonly number: number
  watcher?: Watcher
  view?: Promise<Result<SharedView>>
}

const open = (providers: Providers, request: ViewRequest): Promise<Result<AnyView>> => {
  switch (request.view) {
    case 'notes':
      return providers.notes(request)
    case 'note':
      return providers.note(request)
    case 'sync':
      return providers.sync(request)
    case 'transfer':
      return providers.transfer(request)
    case 'receipt':
      return providers.receipt(request)
    case 'sync-details':
      return providers['sync-details'](request)
    case 'recovered':
      return providers.recovered(request)
    case 'lock':
      return providers.lock(request)
    case 'storage':
      return providers.storage(request)
    case 'workspaces':
      return providers.workspaces(request)
    case 'vault':
      return providers.vault(request)
    case 'people':
      return providers.people(request)
  }
}

/** The same for requests that mean the same, in whatever order their fields came. */
const keyOf = (request: ViewRequest): string => JSON.stringify(request, Object.keys(request).sort())

const CANNOT_OPEN: Failure = {
  code: 'cannot-open',
  message:
    'This could not be opened. What is stored on this device is safe. Close the tab and open it again.',
}

const NOT_OPEN = fail('not-open', 'This note is not open here. Open it again.')

export const createViewHub = ({ providers, clock, epoch }: Deps): ViewHub => {
  const shared = new Map<string, Promise<Result<SharedView>>>()
  const watches = new Set<Watch>()
  const lines = new Set<Line>()

  /** As long as a tab is seen, those that are not leave the processor to it. */
  const canWait = (line: Line): boolean => !line.seen && [...lines].some(({ seen }) => seen)

  const see = (line: Line, seen: boolean): void => {
    line.seen = seen
    for (const each of lines)
      if (!canWait(each)) for (const { watcher } of each.watches.values()) watcher?.catchUp()
  }

  const openShared = async (request: ViewRequest): Promise<Result<SharedView>> => {
    const view = await open(providers(), request)
    return view.ok ? { ok: true, value: createSharedView(view.value, epoch, clock) } : view
  }

  const sharedView = (request: ViewRequest): Promise<Result<SharedView>> => {
    const key = keyOf(request)
    const known = shared.get(key)
    if (known) return known
    const made = openShared(request)
    shared.set(key, made)
    return made
  }

  /** Closes a view that nobody watches, or waits for, any more. */
  const tidy = (key: string, view: Promise<Result<SharedView>>, result: Result<SharedView>): void => {
    const wanted = [...watches].some(watch => watch.view === view)
    if (wanted && result.ok) return
    if (shared.get(key) === view) shared.delete(key)
    if (!wanted && result.ok) result.value.close()
  }

  const start = async (watch: Watch): Promise<void> => {
    const view = sharedView(watch.request)
    watch.view = view
    const key = keyOf(watch.request)
    const current = (): boolean => watches.has(watch) && watch.view === view
    const sendUnavailable = ({ code, message }: Failure): void => {
      if (current()) watch.send({ type: 'unavailable', watch: watch.number, code, message })
    }
    try {
      const result = await view
      if (result.ok && current())
        watch.watcher = result.value.watch(
          push => watch.send({ ...push, watch: watch.number }),
          () => canWait(watch.line),
        )
      else if (!result.ok) sendUnavailable(result.error)
      tidy(key, view, result)
    } catch (error) {
      if (shared.get(key) === view) shared.delete(key)
      console.error('A view could not be opened.', watch.request.view, error)
      sendUnavailable(CANNOT_OPEN)
    }
  }

  const stop = (watch: Watch): void => {
    const { view, watcher } = watch
    watcher?.leave()
    delete watch.watcher
    delete watch.view
    if (!view) return
    // A view that could not be opened was reported when it failed.
    void view.then(result => tidy(keyOf(watch.request), view, result)).catch(() => undefined)
  }

  const join = (send: (message: ViewMessage) => void): TabLine => {
    const mine = new Map<number, Watch>()
    const own: Line = { seen: true, watches: mine }
    lines.add(own)
    const end = (number: number): void => {
      const watch = mine.get(number)
      if (!watch) return
      mine.delete(number)
      watches.delete(watch)
      stop(watch)
    }
    const handle = (message: TabMessage): void => {
      switch (message.type) {
        case 'watch': {
          end(message.watch)
          const watch: Watch = { request: message.request, line: own, send, number: message.watch }
          mine.set(message.watch, watch)
          watches.add(watch)
          void start(watch)
          return
        }
        case 'edit': {
          const { watch, version, updates } = message
          const watcher = mine.get(watch)?.watcher
          if (watcher) watcher.edit(version, updates)
          else send({ type: 'edited', watch, result: NOT_OPEN })
          return
        }
        case 'seen':
          see(own, message.seen)
          return
        case 'unwatch':
          end(message.watch)
          return
        case 'received':
          mine.get(message.watch)?.watcher?.received()
          return
        case 'reset':
          mine.get(message.watch)?.watcher?.reset()
          return
      }
    }
    return {
      receive: data => {
        const message = readTabMessage(data)
        if (message) {
          handle(message)
          return
        }
        console.error('A tab sent a message that is not known.')
        const { watch } = (data ?? {}) as { watch?: unknown }
        if (typeof watch === 'number')
          send({
            type: 'unavailable',
            watch,
            code: 'unknown-message',
            message: 'This tab and Holdfast do not understand each other. Reload it.',
          })
      },
      leave: () => {
        for (const number of [...mine.keys()]) end(number)
        lines.delete(own)
        see(own, false)
      },
    }
  }

  return {
    join,
    reset: () => {
      const following = [...watches].filter(({ request }) => request.view !== 'note')
      for (const watch of following) stop(watch)
      shared.clear()
      for (const watch of following) void start(watch)
    },
    views: () => shared.size,
  }
}
