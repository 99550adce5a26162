import { defineConfig } from '@playwright/test'
import type { BrowserKind } from './tests/support/browser/story.ts'

/**
 * What differs where one tab leads: who starts the worker, what ends it, and how the other tabs find it. All that
 * happens inside the worker, between devices and at relays is the same code, and told once.
 */
const ALSO_WITHOUT_SHARED =
  'two-tabs|closed-tabs|hidden-tab|cold-start|new-version|killed-browser|last-words|leading-tab|lock'

/**
 * Three stories at once: each has a relay, a proxy and browsers of its own, and waits half of its time, so that a third
 * one finds room on two cores. Nothing is tried twice, because a flaky story is a bug.
 */
export default defineConfig<BrowserKind>({
  testDir: 'tests/browser',
  testMatch: '**/*.spec.ts',
  outputDir: 'test-results/browser',
  workers: 3,
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
      testMatch: new RegExp(`/(${ALSO_WITHOUT_SHARED})\\.spec\\.ts$`),
    },
  ],
  reporter: [['list'], ['json']],
})
