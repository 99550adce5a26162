import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expectStored, insert, newNote, openApp, turnOnSync } from '../support/browser/notes-page.ts'
import { expect, story } from '../support/browser/story.ts'

/**
 * The pictures of the README and of the install dialog are taken from the running app. They go into the project only
 * when they are asked for, with UPDATE_SCREENSHOTS=1, because every machine draws letters a little differently.
 */
const project = fileURLToPath(new URL('../..', import.meta.url))
const update = process.env.UPDATE_SCREENSHOTS === '1'
const place = (path: string): string => join(project, update ? '' : 'test-results/pictures', path)

const NOTES = [
  '# Books to return\n- The Outermost House\n- A Field Guide to Seaweeds\n',
  '# Bread, third try\nLess water: 340 g. Fold **three times**, then leave it alone until morning.\n',
  '# Questions for the boat yard\nWhat does a new mast step cost, and who makes it?\n',
  `# What a holdfast is

Kelp has no roots. It grips the rock with a *holdfast*, a knot of branching fingers that only ever holds on.

## Why it is worth copying
- It keeps its grip in any weather
- It needs nothing from the shore
- What grows above it can bend with the tide

> Nothing that was stored here is ever lost.
`,
]

const SHAPES = [
  { width: 1280, height: 800, files: ['public/screenshots/wide.png', 'docs/images/notes.png'], list: false },
  { width: 390, height: 844, files: ['public/screenshots/narrow.png'], list: true },
]

for (const { width, height, files, list } of SHAPES) {
  story(`the app looks like itself at ${width} × ${height}`, async ({ app, device }) => {
    const page = await openApp(await device({ viewport: { width, height } }), app)
    for (const text of NOTES) {
      await newNote(page)
      await insert(page, text)
      await expectStored(page)
      if (list) await page.getByRole('button', { name: 'Back to the list' }).click()
    }
    if (!list) await turnOnSync(page)
    for (const file of files) {
      const path = place(file)
      await mkdir(join(path, '..'), { recursive: true })
      const picture = await page.screenshot({ path, animations: 'disabled', caret: 'hide' })
      expect(picture.length).toBeGreaterThan(10_000)
    }
  })
}
