import type { CDPSession } from '@playwright/test'
import { askWorker } from './ask-worker.ts'

/** Bytes that the shared worker holds after a garbage collection: its heap and its buffers. */
export const workerMemory = async (browser: CDPSession): Promise<number> => {
  const usage = await askWorker(browser, [
    { method: 'HeapProfiler.enable' },
    { method: 'HeapProfiler.collectGarbage' },
    { method: 'Runtime.getHeapUsage' },
  ])
  const { usedSize, backingStorageSize = 0 } = usage as { usedSize: number; backingStorageSize?: number }
  return usedSize + backingStorageSize
}
