import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // Workbox is written as ES modules without saying so in a way that Node understands.
    server: { deps: { inline: [/workbox-/] } },
    setupFiles: ['tests/support/many-providers.ts'],
    projects: [
      // It parses every file, which takes its time on a machine that is busy with others.
      {
        extends: true,
        test: { name: 'structure', include: ['tests/structure/**/*.test.ts'], testTimeout: 60_000 },
      },
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['tests/**/*.test.ts'],
          exclude: ['tests/structure/**', 'tests/simulation/**', 'tests/browser/**', 'tests/bench/**'],
          testTimeout: 30_000,
          maxWorkers: 5, // they wait for relays, disks and browsers two thirds of their time
        },
      },
      {
        extends: true,
        test: { name: 'simulation', include: ['tests/simulation/**/*.test.ts'], testTimeout: 240_000 },
      },
      {
        extends: true,
        // Parts wait for what they measure more than half of their time.
        test: {
          name: 'bench',
          include: ['tests/bench/**/*.test.ts'],
          testTimeout: 240_000,
          maxConcurrency: 4,
        },
      },
    ],
  },
})
