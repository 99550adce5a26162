import { defineConfig } from '@playwright/test'
import type { BrowserKind } from './tests/support/browser/story.ts'

/** These are about shared workers, or about what has nothing to do with workers at all. */
const ONLY_SHARED =
  'worker-crash|last-tab|start-again|accessibility|pictures|install|idle|sealed|sync-off|torn-log|files|vectors'

/**
 * Two stories at once: each has a relay, a proxy and browsers of its own, and mostly waits. More make each other slow
 * enough on a small machine to fail. Nothing is tried twice, because a flaky story is a bug.
 */
export default defineConfig<BrowserKind>({
  testDir: 'tests/browser',
  testMatch: '**/*.spec.ts',
  outputDir: 'test-results/browser',
  workers: 2,
  retries: 0,
  forbidOnly: true,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  use: { actionTimeout: 15_000, navigationTimeout: 15_000 },
  projects: [
    { name: 'shared worker', testIgnore: /leading-tab\.spec\.ts$/ },
    {
      name: 'leading tab',
      use: { sharedWorker: false },
      testIgnore: new RegExp(`(${ONLY_SHARED})\\.spec\\.ts$`),
    },
  ],
  reporter: [['list'], ['json']],
})
