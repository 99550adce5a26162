import { appendFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import {
  expectNote,
  expectStored,
  openApp,
  openNote,
  type,
  writeNote,
} from '../support/browser/notes-page.ts'
import { expect, story } from '../support/browser/story.ts'

/** A record's header as LevelDB writes it before the record: checksum, 269 bytes to come, whole. */
const HEADER = Buffer.from('afee5d6c0d0101', 'hex')

/** LevelDB's logs of this profile's IndexedDB, with the folder. */
const logs = async (profileDir: string): Promise<string[]> => {
  const databases = join(profileDir, 'Default', 'IndexedDB')
  const files = await readdir(databases, { recursive: true })
  return files.filter(file => file.endsWith('.log')).map(file => join(databases, file))
}

story(
  'a browser that was killed in the middle of a write keeps what is written after its next start',
  async ({ app, device, folder }) => {
    const first = await device({ profileDir: folder })
    const before = await openApp(first, app)
    await writeNote(before, 'Before')
    await first.close()
    const [torn] = await logs(folder)
    await appendFile(torn!, HEADER)

    const second = await device({ profileDir: folder })
    const between = await openApp(second, app)
    await openNote(between, '')
    await expectNote(between, 'Before')
    await type(between, ' and between')
    await expectStored(between)
    await expect.poll(() => logs(folder), 'the torn log is let go of').not.toContain(torn)
    await second.close()

    const after = await openApp(await device({ profileDir: folder }), app)
    await openNote(after, '')
    await expectNote(after, 'Before and between')
  },
)
