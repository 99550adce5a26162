import type { DocumentId, EnvelopeId } from '../../protocol/ids.ts'
import type { Content, Entry, Mark } from '../../protocol/relay-messages.ts'
import type { RefusedEnvelopes } from '../door/check-envelopes.ts'

/** What became of an append, told to everybody after the commit and in the order of the log. */
export interface Publication {
  /** Who brought it; a token of identity only. Null where it came by HTTP. */
  readonly origin: object | null
  readonly document: DocumentId
  readonly from: Mark
  readonly to: Mark
  readonly entries: readonly Entry[]
  readonly known: readonly EnvelopeId[]
  readonly refused: readonly RefusedEnvelopes[]
  /**
   * The `content` message with what the document has after a place up to this publication.
   * `before`: the publications of the document in between.
   */
  contentAfter(after: Mark, request: number, before: readonly Publication[]): Content
}

export const createPublication = (fields: Omit<Publication, 'contentAfter'>): Publication => ({
  ...fields,
  contentAfter: (after, request, before) => {
    const entries: Entry[] = []
    // For each reader: this builds no lists in between.
    for (const publication of [...before, fields])
      for (const entry of publication.entries) if (entry.position > after.position) entries.push(entry)
    return { type: 'content', document: fields.document, request, from: after, to: fields.to, entries }
  },
})
