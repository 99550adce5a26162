import { expect, test } from 'vitest'
import { publicSets } from '../support/vectors/public-sets.ts'

test.each(publicSets)('$name', async ({ holds }) => {
  expect(await holds()).toBe(true)
})
