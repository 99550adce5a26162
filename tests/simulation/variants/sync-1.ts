import { openDocumentStore as open } from '../../../worker/storage/document-store.ts'

export * from '../../../worker/storage/document-store.ts'

/** Believes that all is stored as soon as it was handed over. */
export const openDocumentStore: typeof open = async deps => {
  const store = await open(deps)
  return {
    ...store,
    save: async () => {
      void store.save()
    },
    written: async () => undefined,
  }
}
