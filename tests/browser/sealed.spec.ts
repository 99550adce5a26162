import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { App } from '../support/browser/app.ts'
import { databasesWith, outboxEntries } from '../support/browser/databases.ts'
import { expectNote, expectStored, expectSynced, insert, pair } from '../support/browser/notes-page.ts'
import { expect, story } from '../support/browser/story.ts'

const PHRASE = 'the combination of the safe is nineteen'

/** Everything that the relay has on its disk, in the encodings in which the phrase could stand there. */
const relayHolds = async (app: App, phrase: string): Promise<string[]> => {
  const found: string[] = []
  for (const entry of await readdir(app.dataDir(), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    const bytes = await readFile(path)
    const forms = [
      phrase,
      Buffer.from(phrase, 'utf16le'),
      Buffer.from(phrase).toString('base64').slice(4, -6),
    ]
    if (forms.some(form => bytes.includes(form))) found.push(path)
  }
  return found
}

story('neither the relay nor the outbox holds a word of a note', async ({ app, device }) => {
  const laptop = await device()
  const [here, there] = await pair(app, laptop, await device(), 'Secrets')

  await insert(here, `\n${PHRASE}`)
  await expectNote(there, `Secrets\n${PHRASE}`)
  await expectSynced(here)

  await app.goOffline()
  await laptop.goOffline()
  await insert(here, `\nonce more: ${PHRASE}`)
  await expectStored(here)
  await expect.poll(() => outboxEntries(here)).toBeGreaterThan(0)
  const holding = await databasesWith(here, PHRASE)
  expect(holding.length, 'the search itself finds the phrase where the notes are').toBeGreaterThan(0)
  expect(holding).not.toContain('workbox-background-sync')
  expect(holding).not.toContain('holdfast-device')

  await app.goOnline()
  await laptop.goOnline()
  await expectNote(there, `Secrets\n${PHRASE}\nonce more: ${PHRASE}`)
  expect(await relayHolds(app, PHRASE)).toEqual([])
  expect(await relayHolds(app, 'SQLite format 3'), 'the search reads the database').not.toEqual([])
  expect(app.relayLog()).not.toContain(PHRASE)
  expect(app.relayLog()).not.toMatch(/eyJ[\w-]+\.[\w-]+\./) // nor a token
})
