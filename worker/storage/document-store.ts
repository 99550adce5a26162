import * as Y from 'yjs'
import { isPending } from '../documents/document-state.ts'
import { createListeners } from '../listeners.ts'
import type { Clock } from '../platform/clock.ts'
import { type Disk, plainDisk } from './disk.ts'

/**
 * A document's IndexedDB database: each update is written as a row at once, and each `save` reads back the rows that
 * must be there by now, adds the whole state where one is missing or something is pending, and puts the marks; all or
 * nothing. See document-rows.ts.
 */
export interface DocumentStore {
  readonly doc: Y.Doc
  /** Its database was not there before. */
  readonly isNew: boolean
  /** Updates of the document since it was loaded. */
  edits(): number
  /** How many of those were read back. */
  storedEdits(): number
  /** Whether an update is not read back yet. */
  saving(): boolean
  mark(key: string): unknown
  /** Sets a mark. It is written with the next save, together with all content that is in the document now. */
  setMark(key: string, value: unknown): void
  /**
   * Sets a mark that speaks of the next update, which has to follow at once: they are written in one transaction, so
   * that a crash leaves both or neither.
   */
  markWithNext(key: string, value: unknown): void
  /** Resolves when all content and marks of this moment were read back. Tries for as long as the document is open. */
  save(): Promise<void>
  /**
   * Resolves when the database has committed all content of this moment: a crash of the worker or the browser does not
   * take it, a power cut may. Tries for as long as the document is open.
   */
  written(): Promise<void>
  onStored(listener: (edits: number) => void): () => void
  close(): Promise<void>
}

interface StoreDeps {
  readonly name: string
  /** Without one, documents are kept as they are. */
  readonly disk?: Disk
  readonly clock: Clock
  /** A refused write, or null when writing works again. */
  readonly onProblem: (error: Error | null) => void
}

const FIRST_RETRY_MS = 500
const LAST_RETRY_MS = 15_000

/** Loads a document from its database, which is made if need be. Rejects where the database cannot be opened. */
export const openDocumentStore = async (deps: StoreDeps): Promise<DocumentStore> => {
  const doc = new Y.Doc()
  const rows = await (deps.disk ?? plainDisk).open(deps.name, doc, error => tellRefused(error))
  const marks = new Map(rows.marks)

  const awaited: Uint8Array[] = []
  let changedMarks = new Map<string, unknown>()
  let edits = 0
  let storedEdits = 0
  let storedPending: unknown = doc.store.pendingStructs
  let closed = false
  let refused = false
  let running: Promise<void> | null = null
  /** What is being read back now holds all up to here. */
  let covered: { readonly edits: number; readonly pending: unknown; readonly done: Promise<void> } | null =
    null
  let next: { promise: Promise<void>; resolve: () => void } | null = null
  const listeners = createListeners<[edits: number]>()

  const onUpdate = (update: Uint8Array, origin: unknown): void => {
    if (origin === rows.origin) return
    awaited.push(update)
    edits += 1
  }
  const tellRefused = (error: unknown): void => {
    refused = true
    deps.onProblem(error as Error)
  }
  const tellWorking = (): void => {
    if (!refused) return
    refused = false
    deps.onProblem(null)
  }
  const writeRow = (update: Uint8Array, origin: unknown): void => {
    if (origin !== rows.origin) rows.write(update, origin)
  }
  doc.on('update', writeRow)
  doc.on('update', onUpdate)

  const saveOnce = async (): Promise<void> => {
    const expected = awaited.slice()
    const writing = changedMarks
    const upTo = edits
    const pending = doc.store.pendingStructs
    changedMarks = new Map()
    if (covered !== null) covered = { ...covered, edits: upTo, pending }
    try {
      await rows.save({
        expected,
        marks: writing,
        content: expected.length > 0 || pending !== storedPending,
        covered: () => !isPending(doc) || pending === storedPending,
      })
    } catch (error) {
      changedMarks = new Map([...writing, ...changedMarks])
      throw error
    }
    storedPending = pending
    awaited.splice(0, expected.length)
    if (awaited.length === 0) rows.mended()
    storedEdits = upTo
    listeners.tell(upTo)
  }

  const saveUntilStored = async (): Promise<void> => {
    let delay = FIRST_RETRY_MS
    while (!closed) {
      try {
        await saveOnce()
        tellWorking()
        return
      } catch (error) {
        if (closed) return
        tellRefused(error)
        await new Promise<void>(resolve => deps.clock.after(delay, resolve))
        delay = Math.min(delay * 2, LAST_RETRY_MS)
      }
    }
  }

  const run = async (): Promise<void> => {
    while (next !== null) {
      const current = next
      next = null
      covered = { edits: -1, pending: null, done: current.promise }
      await saveUntilStored()
      covered = null
      current.resolve()
    }
    running = null
  }

  const save = (): Promise<void> => {
    const nothingToSave =
      running === null &&
      awaited.length === 0 &&
      changedMarks.size === 0 &&
      doc.store.pendingStructs === storedPending
    if (nothingToSave) return Promise.resolve()
    // Nobody waits for the disk twice: what is under way may be all that there is.
    if (
      next === null &&
      covered?.edits === edits &&
      covered.pending === doc.store.pendingStructs &&
      changedMarks.size === 0
    )
      return covered.done
    if (next === null) {
      let resolve = () => {}
      const promise = new Promise<void>(settle => {
        resolve = settle
      })
      next = { promise, resolve }
    }
    const { promise } = next
    running ??= Promise.resolve().then(run)
    return promise
  }

  return {
    doc,
    isNew: rows.isNew,
    edits: () => edits,
    storedEdits: () => storedEdits,
    saving: () => storedEdits < edits,
    mark: key => marks.get(key),
    setMark: (key, value) => {
      marks.set(key, value)
      changedMarks.set(key, value)
    },
    markWithNext: (key, value) => {
      marks.set(key, value)
      // With the next save too: it writes the content again where this write was refused.
      changedMarks.set(key, value)
      rows.markWithNext(key, value)
    },
    save,
    written: async () => {
      // What is pending is in no row.
      if (doc.store.pendingStructs !== storedPending || !(await rows.written())) await save()
    },
    onStored: listeners.add,
    close: async () => {
      closed = true
      doc.off('update', onUpdate)
      doc.off('update', writeRow)
      doc.destroy()
      await rows.close()
    },
  }
}
