import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Page } from '@playwright/test'
import { strFromU8, unzipSync } from 'fflate'
import { importFrom, notes, openApp } from '../support/browser/notes-page.ts'
import { expect, story } from '../support/browser/story.ts'

const LARGE = `# Large\n${'A line of a very long note.\n'.repeat(40_000)}`

/** Notes by their path below the chosen folder. */
const FILES: Readonly<Record<string, string>> = {
  'Plain.md': '# Plain\nA note.\n',
  'Windows.md': '# Windows\r\nTwo lines.\r\n',
  'Journal/2026/May/Tuesday.md': '# Tuesday\nDeep down.\n',
  'Journal/2026/Plain.md': '# Plain\nThe same name in another folder.\n',
  'Odd names/a & b (1) #50% [x].md': 'Odd\n',
  'Odd names/Zwölf Boxkämpfer – 日本語.md': 'Umlauts\n',
  'Emoji/🦭 family 👩‍👩‍👧‍👦.md': '# 🦭\nflags 🇪🇺 and skin 👍🏽\n',
  'Empty.md': '',
  'Large.md': LARGE,
}

const NOT_TEXT: Readonly<Record<string, Uint8Array>> = {
  'Pictures/photo.md': Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 16, 0x4a, 0x46, 0x49, 0x46, 0, 1),
  'Pictures/broken.md': Uint8Array.of(0x48, 0x69, 0xc3, 0x28),
}

const writeFolder = async (folder: string): Promise<void> => {
  for (const [path, content] of Object.entries({ ...FILES, ...NOT_TEXT })) {
    const file = join(folder, path)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, content)
  }
}

const exportTo = async (page: Page, path: string): Promise<Readonly<Record<string, string>>> => {
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Export', exact: true }).click()
  await (await download).saveAs(path)
  const files = unzipSync(new Uint8Array(await readFile(path)))
  return Object.fromEntries(
    Object.entries(files)
      .filter(([name]) => !name.endsWith('/'))
      .map(([name, bytes]) => [name, strFromU8(bytes)]),
  )
}

/** Line endings become \n; everything else is as it was, in the folder that was chosen. */
const expected = (folder: string) =>
  Object.fromEntries(
    Object.entries(FILES).map(([path, text]) => [`${folder}/${path}`, text.replaceAll('\r\n', '\n')]),
  )

story(
  'a folder comes in, goes out as an archive, and comes in again elsewhere as the same notes',
  async ({ app, device, folder }) => {
    const chosen = join(folder, 'My notes')
    await writeFolder(chosen)
    const page = await openApp(await device(), app)

    const report = await importFrom(page, 'Folder to import', chosen)
    expect(report).toContain(`${Object.keys(FILES).length} notes added`)
    expect(report).toContain(`${Object.keys(NOT_TEXT).length} files could not be read`)
    await expect(notes(page)).toHaveCount(Object.keys(FILES).length)

    const again = await importFrom(page, 'Folder to import', chosen)
    expect(again, 'importing the same folder again doubles nothing').not.toContain('added')
    await expect(notes(page)).toHaveCount(Object.keys(FILES).length)

    const archive = join(folder, 'notes.zip')
    const exported = await exportTo(page, archive)
    expect(exported).toEqual(expected('My notes'))

    const other = await openApp(await device(), app)
    await importFrom(other, 'Files to import', archive)
    expect(await exportTo(other, join(folder, 'again.zip'))).toEqual(exported)
  },
)
