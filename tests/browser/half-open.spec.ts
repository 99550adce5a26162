import type { App } from '../support/browser/app.ts'
import { expectNote, expectSynced, lookAgain, pair, type } from '../support/browser/notes-page.ts'
import { expect, story } from '../support/browser/story.ts'

/** How many WebSockets were asked for so far. */
const connections = (app: App): number =>
  app.proxy.requests().filter(line => /^GET \/w\/[^/]+$/.test(line)).length

story(
  'a connection that is dead without being closed is found when somebody looks',
  async ({ app, device }) => {
    const [here, there] = await pair(app, await device(), await device(), 'Before')
    app.proxy.swallow()
    expect(connections(app)).toBe(2)

    await type(here, ', in between')
    await Promise.all([lookAgain(here), lookAgain(there)])
    await expectNote(there, 'Before, in between')
    await type(there, ' and after')
    await expectNote(here, 'Before, in between and after')
    await expectSynced(here)
    await expectSynced(there)
    expect(connections(app), 'each was made anew, and once').toBe(4)
    await app.goOffline() // nobody has to wait for what hangs
  },
)
