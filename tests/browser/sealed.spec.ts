import { databasesWith, outboxEntries } from '../support/browser/databases.ts'
import { expectNote, expectStored, expectSynced, insert, pair } from '../support/browser/notes-page.ts'
import { relayHolds } from '../support/browser/relay-disk.ts'
import { expect, story } from '../support/browser/story.ts'

const PHRASE = 'the combination of the safe is nineteen'

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
