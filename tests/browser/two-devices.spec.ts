import { keysOf, only } from '../support/browser/keystrokes.ts'
import { expectSynced, noteText, pair, type } from '../support/browser/notes-page.ts'
import { expect, story } from '../support/browser/story.ts'

story('two devices type at once, and both end with every keystroke of both', async ({ app, device }) => {
  const [here, there] = await pair(app, await device(), await device(), '1')

  const small = keysOf('abcdefghijklmnopqrstuvwxyz', 120)
  const large = keysOf('ABCDEFGHIJKLMNOPQRSTUVWXYZ', 120)
  await Promise.all([type(here, small, 8), type(there, large, 8)])

  await expect.poll(async () => only(await noteText(here), /[A-Z]/)).toBe(large)
  await expect.poll(async () => only(await noteText(there), /[a-z]/)).toBe(small)
  const text = await noteText(here)
  expect(await noteText(there)).toBe(text)
  expect(text).toHaveLength('1'.length + small.length + large.length)
  await expectSynced(here)
  await expectSynced(there)
})
