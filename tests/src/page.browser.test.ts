import { type Page, expect as see } from '@playwright/test'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Device, startHarness } from './harness/harness.ts'

let harness: Awaited<ReturnType<typeof startHarness>>
const open: Device[] = []

beforeAll(async () => {
  harness = await startHarness()
}, 120_000)
afterEach(async () => {
  for (const device of open.splice(0)) await device.context.close()
})
afterAll(() => harness.close())

vi.setConfig({ testTimeout: 30_000 })

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }

const setup = async (options: Parameters<typeof harness.device>[0] = {}) => {
  const device = await harness.device(options)
  open.push(device)
  return device
}

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
const noteText = (page: Page) => page.getByRole('textbox', { name: 'Note text', exact: true })
const status = (page: Page) => page.getByRole('status', { name: 'Sync status', exact: true })
const rows = (page: Page) => page.getByRole('list', { name: 'Notes', exact: true }).getByRole('listitem')
const noteOf = (page: Page) => new URL(page.url()).hash.slice('#note='.length)
const linesOf = (page: Page) => noteText(page).locator('.cm-line').allInnerTexts()

/** What pages have left to be stored by whoever comes next. */
const leftBehind = (page: Page) =>
  page.evaluate(() => Object.keys(localStorage).filter(key => key.startsWith('holdfast-left')))

/** Opens a tab, makes a note and begins it with a text. */
const startNote = async (device: Device, text: string) => {
  const page = await device.tab()
  await button(page, 'New note').click()
  // Not the plain field that takes the keys until then.
  await see(noteText(page).and(page.locator('.cm-content'))).toBeFocused()
  await page.keyboard.type(text)
  await see(status(page)).toHaveText('Stored on this device')
  return page
}

describe('what documentation and tests rely on', () => {
  it.each([
    ['a desktop', {}],
    ['a phone', PHONE],
  ])('is in reach on %s', async (_, options) => {
    const device = await setup(options)
    const page = await device.tab()
    for (const name of ['New note', 'Import', 'Export', 'Trash', 'Turn on sync']) {
      await see(button(page, name)).toBeInViewport()
    }
    await see(page.getByRole('textbox', { name: 'Filter notes', exact: true })).toBeVisible()
    await button(page, 'New note').click()
    await see(noteText(page)).toBeFocused()
    await see(button(page, 'Delete note')).toBeInViewport()
    await see(status(page)).toBeInViewport()
    await button(page, 'Turn on sync').click()
    await see(page.getByRole('textbox', { name: 'Relay address', exact: true })).toHaveValue(harness.origin)
    await button(page, 'Turn on sync').click()
    await button(page, 'Add a device').click()
    const link = page.getByRole('textbox', { name: 'Invitation link', exact: true })
    await see(link).toHaveValue(new RegExp(`^${harness.origin}/#join=`))
    await see(page.getByRole('img', { name: 'QR code of the invitation link' })).toBeVisible()
    expect(device.errors).toEqual([])
  })
})

describe('a note in two tabs', () => {
  it('is the same in both while both type at once', async () => {
    const device = await setup()
    const one = await startNote(device, 'shared\n')
    const two = await device.tab(`/#note=${noteOf(one)}`)
    await see(noteText(two)).toContainText('shared')
    await noteText(two).click()
    await two.keyboard.press('Control+Home')
    const [left, right] = ['abcdefghijklmnopqrstuvwxyz', '0123456789ABCDEFGHIJKLMNOP']
    await Promise.all([one.keyboard.type(left, { delay: 3 }), two.keyboard.type(right, { delay: 4 })])
    const whole = [`${right}shared`, left]
    await see.poll(() => linesOf(one)).toEqual(whole)
    await see.poll(() => linesOf(two)).toEqual(whole)
    expect(device.errors).toEqual([])
  })

  it('keeps what others wrote when one of them undoes', async () => {
    const device = await setup()
    const page = await startNote(device, 'mine')
    await device.tell({ type: 'edit', note: noteOf(page), at: 0, insert: 'theirs ' })
    await see(noteText(page)).toHaveText('theirs mine')
    await page.keyboard.press('Control+z')
    await see(noteText(page)).toHaveText('theirs ')
  })

  it('takes in what comes while an answer is late', async () => {
    const device = await setup()
    const page = await startNote(device, 'a')
    await device.tell({ type: 'hold-answers', hold: true })
    await page.keyboard.type('bcd')
    await device.tell({ type: 'edit', note: noteOf(page), at: 0, insert: '-' })
    await page.keyboard.type('efg')
    await device.tell({ type: 'hold-answers', hold: false })
    await see(noteText(page)).toHaveText('-abcdefg')
    await see(status(page)).toHaveText('Stored on this device')
  })

  it.each([
    ['a snapshot', 'snapshot'],
    ['another workspace that the device joins', 'move'],
  ] as const)('survives %s in the middle of typing', async (_, type) => {
    const device = await setup()
    const page = await startNote(device, 'a')
    await device.tell({ type: 'hold-answers', hold: true })
    await page.keyboard.type('bb')
    await device.tell({ type, note: noteOf(page) })
    await page.keyboard.type('b')
    await device.tell({ type: 'hold-answers', hold: false })
    await page.keyboard.type('c')
    await see(noteText(page)).toHaveText('abbbc')
    await see(status(page)).toHaveText('Stored on this device')
    await see(noteText(await device.tab(`/#note=${noteOf(page)}`))).toHaveText('abbbc')
  })
})

describe('nothing that was typed is lost', () => {
  it('when the worker dies before it has stored it', async () => {
    const device = await setup()
    const page = await startNote(device, 'stored ')
    await device.tell({ type: 'hold-storage', hold: true })
    await page.keyboard.type('and not stored')
    await see(status(page)).toHaveText('Storing…')
    await device.tell({ type: 'die' })
    await page.keyboard.type(' at all')
    await see(status(page)).toHaveText('Stored on this device')
    await see(noteText(page)).toHaveText('stored and not stored at all')
    await see(noteText(await device.tab(`/#note=${noteOf(page)}`))).toHaveText('stored and not stored at all')
    expect(device.errors).toEqual([])
  })

  it('when two tabs typed and the worker dies', async () => {
    const device = await setup()
    const one = await startNote(device, 'base')
    const two = await device.tab(`/#note=${noteOf(one)}`)
    await see(noteText(two)).toHaveText('base')
    await device.tell({ type: 'hold-storage', hold: true })
    await one.keyboard.type(' one')
    await see(noteText(two)).toHaveText('base one')
    await noteText(two).click()
    await two.keyboard.press('Control+Home')
    await two.keyboard.type('two ')
    await see(noteText(one)).toHaveText('two base one')
    await device.tell({ type: 'die' })
    for (const page of [one, two]) {
      await see(status(page)).toHaveText('Stored on this device')
      await see(noteText(page)).toHaveText('two base one')
    }
  })

  it('when the note is closed before it is stored', async () => {
    const device = await setup()
    const page = await startNote(device, 'first')
    await device.tell({ type: 'hold-storage', hold: true })
    await page.keyboard.type(' second')
    await page.keyboard.press('Escape')
    await see(noteText(page)).toHaveCount(0)
    await see(status(page)).toHaveText('Storing…')
    await device.tell({ type: 'hold-storage', hold: false })
    await see(status(page)).toHaveText('Stored on this device')
  })

  it('when the page is loaded again before it is stored', async () => {
    const device = await setup()
    const page = await startNote(device, 'first')
    await device.tell({ type: 'hold-storage', hold: true })
    await page.keyboard.type(' second')
    await see(status(page)).toHaveText('Storing…')
    await device.tell({ type: 'die' })
    await page.reload()
    await see(noteText(page)).toHaveText('first second')
    await see(status(page)).toHaveText('Stored on this device')
    expect(device.errors).toEqual([])
  })

  it('when a tab is closed before it is stored, another types there, and then the worker dies', async () => {
    const device = await setup()
    const one = await startNote(device, 'base')
    const two = await device.tab(`/#note=${noteOf(one)}`)
    await see(noteText(two)).toHaveText('base')
    await device.tell({ type: 'hold-storage', hold: true })
    await one.keyboard.type(' one')
    await see(noteText(two)).toHaveText('base one')
    await one.close()
    await see.poll(() => leftBehind(two)).toHaveLength(1)
    await noteText(two).click()
    await two.keyboard.press('Control+Home')
    await two.keyboard.type('two ')
    await device.tell({ type: 'die' })
    await see(noteText(two)).toHaveText('two base one')
    await see(status(two)).toHaveText('Stored on this device')
    await see.poll(() => leftBehind(two)).toEqual([])
    expect(device.errors).toEqual([])
  })

  it('when a tab is closed while the only worker has nothing of it, and opened again', async () => {
    const device = await setup()
    const page = await startNote(device, 'base')
    const note = noteOf(page)
    await device.tell({ type: 'hold-storage', hold: true })
    await page.keyboard.type(' and more')
    await device.tell({ type: 'die' })
    await page.close()
    const again = await device.tab(`/#note=${note}`)
    await see(noteText(again)).toHaveText('base and more')
    await see(status(again)).toHaveText('Stored on this device')
    await see.poll(() => leftBehind(again)).toEqual([])
  })

  it('when the page goes into the cache of pages and comes back', async () => {
    const device = await setup()
    const page = await startNote(device, 'first')
    await device.tell({ type: 'hold-storage', hold: true })
    await page.keyboard.type(' second')
    const event = (type: string) =>
      page.evaluate(name => window.dispatchEvent(new PageTransitionEvent(name, { persisted: true })), type)
    await event('pagehide')
    expect(await leftBehind(page)).toHaveLength(1)
    await event('pageshow')
    await page.keyboard.type(' third')
    expect(await leftBehind(page), 'it is not stored yet').toHaveLength(1)
    await device.tell({ type: 'hold-storage', hold: false })
    await see(status(page)).toHaveText('Stored on this device')
    await see.poll(() => leftBehind(page)).toEqual([])
    await page.reload()
    await see(noteText(page)).toHaveText('first second third')
  })
})

describe('the list', () => {
  it('holds still under a pressed row, which then opens', async () => {
    const device = await setup()
    const first = noteOf(await startNote(device, 'first'))
    const second = noteOf(await startNote(device, 'second'))
    const page = await startNote(device, 'open')
    const titles = () => rows(page).locator('.title').allTextContents()
    await see.poll(titles).toEqual(['open', 'second', 'first'])
    await rows(page).nth(1).hover()
    await page.mouse.down()
    await device.tell({ type: 'edit', note: first, at: 0, insert: 'the ' })
    await device.tell({ type: 'edit', note: noteOf(page), at: 0, insert: 'still ' })
    await see(noteText(page)).toHaveText('still open')
    await page.mouse.up()
    await see(noteText(page)).toHaveText('second')
    expect(noteOf(page)).toBe(second)
    await see.poll(titles).toEqual(['still open', 'the first', 'second'])
  })
})

describe('without a mouse', () => {
  it('one writes, finds, opens and leaves', async () => {
    const device = await setup()
    const page = await startNote(device, '# Winds')
    await page.keyboard.press('Escape')
    await page.keyboard.press('n')
    await see(noteText(page)).toBeFocused()
    await page.keyboard.type('Tides')
    await see(rows(page)).toHaveText([/Tides/, /Winds/])
    await page.keyboard.press('Escape')
    await see(rows(page).first().getByRole('link')).toBeFocused()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await see(noteText(page)).toBeFocused()
    await see(noteText(page)).toHaveText('# Winds')
    await page.keyboard.press('Escape')
    await page.keyboard.press('/')
    await page.keyboard.type('tid')
    await see(rows(page)).toHaveText([/Tides/])
  })

  it('goes on with lists, and leaves the text with Tab outside of them', async () => {
    const device = await setup()
    const page = await startNote(device, '- one\ntwo\n\nend')
    await see.poll(() => linesOf(page)).toEqual(['- one', '- two', 'end'])
    await page.keyboard.press('Tab')
    await see(noteText(page)).not.toBeFocused()
  })
})

it('takes a note to the trash, back, and away for good', async () => {
  const device = await setup()
  const page = await startNote(device, 'Old draft')
  await button(page, 'Delete note').click()
  await see(rows(page)).toHaveCount(0)
  await button(page, 'Trash').click()
  await page.getByRole('link', { name: /Old draft/ }).click()
  await see(noteText(page)).toHaveAttribute('aria-readonly', 'true')
  await button(page, 'Restore note').click()
  await see(rows(page)).toHaveText([/Old draft/])
  await button(page, 'Delete note').click()
  await button(page, 'Trash').click()
  await page.getByRole('link', { name: /Old draft/ }).click()
  await button(page, 'Delete for good').click()
  await see(page.getByText('The trash is empty.')).toBeVisible()
  expect(device.errors).toEqual([])
})

it('takes an invitation out of the address bar and asks before it joins', async () => {
  const device = await setup()
  const page = await device.tab()
  await button(page, 'Turn on sync').click()
  await button(page, 'Turn on sync').click()
  await button(page, 'Add a device').click()
  const link = await page.getByRole('textbox', { name: 'Invitation link', exact: true }).inputValue()
  const other = await setup()
  const joining = await other.tab(new URL(link).hash.replace(/^/, '/'))
  await see(joining.getByRole('dialog', { name: 'Add this device to “The boat”?' })).toBeVisible()
  expect(new URL(joining.url()).hash).toBe('')
  await button(joining, 'Join').click()
  await see(status(joining)).toContainText('Synced at')
  expect(other.errors).toEqual([])
})

it('shows ten thousand notes without rendering them all', async () => {
  const device = await setup()
  const page = await device.tab()
  const notes = Array.from({ length: 10_000 }, (_, index) => ({
    id: `${String(index).padStart(21, '0')}A`,
    text: `Note ${index}`,
    folder: '',
    place: 'notes' as const,
    updated: 1_700_000_000_000 - index * 60_000,
  }))
  await device.tell({ type: 'seed', notes })
  await see(rows(page)).toHaveCount(100)
  await rows(page).last().scrollIntoViewIfNeeded()
  await see(rows(page)).toHaveCount(200)
  await page.getByRole('textbox', { name: 'Filter notes', exact: true }).fill('Note 9999')
  await see(rows(page)).toHaveText([/Note 9999/])
  const another = await device.tab()
  await see(rows(another)).toHaveCount(100)
})

it('draws every icon', async () => {
  const page = await (await setup()).tab()
  const undrawn = () =>
    page
      .locator('wa-icon')
      .evaluateAll(icons =>
        icons
          .filter(icon => !icon.shadowRoot?.querySelector('path')?.getAttribute('d'))
          .map(icon => icon.getAttribute('name')),
      )
  await see(page.locator('wa-icon[name="plus"]').first()).toBeVisible()
  await expect.poll(undrawn).toEqual([])
})

it('reports what an import could not read', async () => {
  const device = await setup()
  const page = await device.tab()
  await button(page, 'Import').click()
  await page
    .getByLabel('Files to import')
    .setInputFiles([{ name: 'Bread.md', mimeType: 'text/markdown', buffer: Buffer.from('# Bread') }])
  await see(page.getByText('1 note added, 1 file could not be read.')).toBeVisible()
  await see(page.getByRole('list', { name: 'Files that could not be read' })).toContainText('Photos/beach.md')
  await button(page, 'Done').click()
  await see(rows(page)).toHaveText([/Bread/])
})
