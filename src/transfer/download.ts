import type { BlobLike } from '../../protocol/commands.ts'

/** `holdfast-2026-11-21.zip`, by the calendar of the person. */
export const archiveName = (now: Date): string => {
  const two = (part: number) => String(part).padStart(2, '0')
  return `holdfast-${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}.zip`
}

/** Hands an archive to the browser's downloads. */
export const download = async (archive: BlobLike, name: string): Promise<void> => {
  const blob =
    archive instanceof Blob ? archive : new Blob([await archive.arrayBuffer()], { type: archive.type })
  const address = URL.createObjectURL(blob)
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  // The download has its own hold on the blob from the click on; a minute is for browsers that start it late.
  setTimeout(() => URL.revokeObjectURL(address), 60_000)
}
