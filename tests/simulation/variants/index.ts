/** A rule of protocol/README.md, the module that keeps it, and one in its place that does not. */
export interface Variant {
  readonly rule: string
  readonly replaces: string
  readonly by: string
}

const variant = (number: number, replaces: string): Variant => ({
  rule: `SYNC-${number}`,
  replaces: new URL(`../../../${replaces}`, import.meta.url).href,
  by: new URL(`sync-${number}.ts`, import.meta.url).href,
})

export const VARIANTS: readonly Variant[] = [
  variant(1, 'worker/storage/document-store.ts'),
  variant(2, 'worker/sync/document/yjs-messages.ts'),
  variant(3, 'worker/documents/document-state.ts'),
  variant(4, 'worker/sync/document/relay-marks.ts'),
  variant(5, 'worker/keys/sealer.ts'),
  variant(6, 'worker/sync/document/batch.ts'),
  variant(7, 'worker/sync/document/compactor.ts'),
  variant(8, 'worker/sync/document/read-content.ts'),
  variant(9, 'worker/workspace/heard.ts'),
  variant(10, 'worker/sync/document/foreign.ts'),
  variant(11, 'worker/notes/y-text.ts'),
  variant(12, 'tests/support/memory-log-store.ts'),
]
