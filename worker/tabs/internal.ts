import { fail } from '../../protocol/result.ts'

/** What a tab is told where something failed that nobody foresaw. */
export const INTERNAL = fail(
  'internal',
  'Something went wrong inside of Holdfast. What was shown as stored is safe. Try again, or reload the page.',
)
