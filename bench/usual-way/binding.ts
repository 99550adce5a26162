import { Annotation, type ChangeSpec, type Extension } from '@codemirror/state'
import { type EditorView, ViewPlugin, type ViewUpdate } from '@codemirror/view'
import type * as Y from 'yjs'

const fromText = Annotation.define<true>()

/** Keeps an editor and a Y.Text the same, in the way of y-codemirror.next, without cursors of others. */
export const textBinding = (text: Y.Text): Extension =>
  ViewPlugin.define((view: EditorView) => {
    const origin = {}
    const show = (event: Y.YTextEvent, transaction: Y.Transaction): void => {
      if (transaction.origin === origin) return
      const changes: ChangeSpec[] = []
      let at = 0
      for (const step of event.delta) {
        if (typeof step.insert === 'string') changes.push({ from: at, insert: step.insert })
        else if (step.delete !== undefined) {
          changes.push({ from: at, to: at + step.delete })
          at += step.delete
        } else at += step.retain ?? 0
      }
      view.dispatch({ changes, annotations: fromText.of(true) })
    }
    text.observe(show)
    return {
      update: ({ docChanged, transactions, changes }: ViewUpdate): void => {
        if (!docChanged || transactions[0]?.annotation(fromText)) return
        text.doc!.transact(() => {
          let shift = 0
          changes.iterChanges((fromBefore, toBefore, _from, _to, inserted) => {
            const length = toBefore - fromBefore
            if (length > 0) text.delete(fromBefore + shift, length)
            if (inserted.length > 0) text.insert(fromBefore + shift, inserted.sliceString(0))
            shift += inserted.length - length
          })
        }, origin)
      },
      destroy: () => text.unobserve(show),
    }
  })
