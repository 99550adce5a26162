import type { ImportSource } from '../../protocol/commands.ts'

/** Files from a file field. A chosen folder keeps its own name as the first part of each path. */
export const sourcesFromFiles = (files: Iterable<File>): ImportSource[] =>
  [...files].map(file => ({ path: file.webkitRelativePath || file.name, file }))

const fileOf = (entry: FileSystemFileEntry): Promise<File> =>
  new Promise((resolve, reject) => entry.file(resolve, reject))

const childrenOf = async (entry: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> => {
  const reader = entry.createReader()
  const all: FileSystemEntry[] = []
  // The reader hands out a hundred at a time, and nothing once there is no more.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    )
    if (some.length === 0) return all
    all.push(...some)
  }
}

const walk = async (entry: FileSystemEntry, into: ImportSource[]): Promise<void> => {
  const path = entry.fullPath.replace(/^\//, '')
  if (entry.isFile) {
    into.push({ path, file: await fileOf(entry as FileSystemFileEntry) })
    return
  }
  for (const child of await childrenOf(entry as FileSystemDirectoryEntry)) await walk(child, into)
}

/** Files and folders that were dropped. Must be called while the drop event is handled: the list is empty after it. */
export const sourcesFromDrop = (transfer: Pick<DataTransfer, 'items'>): Promise<ImportSource[]> => {
  const entries = [...transfer.items]
    .filter(item => item.kind === 'file')
    .map(item => ({ entry: item.webkitGetAsEntry(), file: item.getAsFile() }))
  const collect = async () => {
    const sources: ImportSource[] = []
    for (const { entry, file } of entries) {
      if (entry) await walk(entry, sources)
      else if (file) sources.push({ path: file.name, file })
    }
    return sources
  }
  return collect()
}

export const hasFiles = (transfer: Pick<DataTransfer, 'types'> | null): boolean =>
  transfer?.types.includes('Files') ?? false
