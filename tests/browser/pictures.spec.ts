import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { strToU8, zipSync } from 'fflate'
import { importFrom, notes, openApp, openNote, turnOnSync } from '../support/browser/notes-page.ts'
import { expect, story } from '../support/browser/story.ts'

/**
 * The pictures of the README and of the install dialog are taken from the running app. They go into the project only
 * when they are asked for, with UPDATE_SCREENSHOTS=1, because every machine draws letters a little differently.
 */
const project = fileURLToPath(new URL('../..', import.meta.url))
const place = (path: string): string =>
  join(project, process.env.UPDATE_SCREENSHOTS === '1' ? '' : 'test-results/pictures', path)

const HOUR_MS = 3_600_000

/** Files by their path, with their age in hours. */
const FILES: readonly (readonly [path: string, hours: number, text: string])[] = [
  [
    'Field notes/Rock pools.md',
    0.05,
    `# Rock pools at low tide

We went down at six, before the wind. The kelp was lying flat and you could see how each plant *holds on*: not roots at all, but a **holdfast**, gripping bare rock.

## What to bring next time

- [x] Hand lens
- [x] The old tide table
- [ ] A second thermos
- [ ] Notebook that survives rain

> It does not feed the plant. It only keeps it where it is.
`,
  ],
  ['Shopping.md', 0.7, '# Shopping\nOats, coffee, two lemons, matches, the good olive oil\n'],
  [
    'Letters/Ines.md',
    5,
    '# Letter to Ines\nThe house is quiet since you left, and the boat still needs paint.\n',
  ],
  ['Reading list.md', 30, '# Reading list\n- The Sea Around Us\n- A Field Guide to Seaweeds\n- Tides\n'],
  [
    'Kitchen/Bread.md',
    290,
    '# Bread, third try\n340 g water, 500 g flour. Fold **three times**, then leave it.\n',
  ],
  ['Boat/Yard.md', 700, '# Questions for the boat yard\nWhat does a new mast step cost, and who makes it?\n'],
]

/** As an archive, which brings its own times and no folder around it. */
const archive = () => ({
  name: 'notes.zip',
  mimeType: 'application/zip',
  buffer: Buffer.from(
    zipSync(
      Object.fromEntries(
        FILES.map(([path, hours, text]) => [
          path,
          [strToU8(text), { mtime: Date.now() - hours * HOUR_MS }] as const,
        ]),
      ),
    ),
  ),
})

const SHAPES = [
  {
    width: 1280,
    height: 800,
    files: ['public/screenshots/wide.png', 'docs/images/notes.png'],
    reading: true,
  },
  { width: 390, height: 844, files: ['public/screenshots/narrow.png'], reading: false },
]

for (const { width, height, files, reading } of SHAPES) {
  story(`the app looks like itself at ${width} × ${height}`, async ({ app, device }) => {
    const page = await openApp(await device({ viewport: { width, height } }), app)
    await importFrom(page, 'Files to import', archive())
    await expect(notes(page)).toHaveCount(FILES.length)
    if (reading) await openNote(page, 'Rock pools')
    await turnOnSync(page)
    for (const file of files) {
      const path = place(file)
      await mkdir(dirname(path), { recursive: true })
      const picture = await page.screenshot({ path, animations: 'disabled', caret: 'hide' })
      expect(picture.length).toBeGreaterThan(10_000)
    }
  })
}
