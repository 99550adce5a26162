import { expectNote, openApp, openNote, pair, type } from '../support/browser/notes-page.ts'
import { expect, story } from '../support/browser/story.ts'
import { workers } from '../support/browser/workers.ts'

const TIMES = 4

story(
  'what was typed right before the last tab was closed reaches the other device, with no tab opened again',
  async ({ app, device }) => {
    const laptop = await device()
    const [first, there] = await pair(app, laptop, await device(), 'Begun')
    let [here, text] = [first, 'Begun']
    for (let time = 1; time <= TIMES; time++) {
      await type(here, `\nand closed ${time}`)
      await here.close()
      text += `\nand closed ${time}`
      await expectNote(there, text)

      here = await openApp(laptop, app)
      await openNote(here, 'Begun')
      await expectNote(here, text)
      expect(await workers(laptop.browser), 'the reopened tab has the worker to itself').toHaveLength(1)
      expect(app.proxy.webSockets(), 'one connection for each device').toBe(2)
    }
  },
)

story(
  'what was typed without a network right before the last tab was closed arrives when the network is back',
  async ({ app, device }) => {
    const laptop = await device()
    const [here, there] = await pair(app, laptop, await device(), 'Begun')
    await app.goOffline()
    await laptop.goOffline()
    await type(here, ' and closed')
    await here.close()
    await app.goOnline()
    await laptop.goOnline()
    await expectNote(there, 'Begun and closed')
    expect(await workers(laptop.browser), 'the worker was given the time for it').toHaveLength(1)
  },
)
