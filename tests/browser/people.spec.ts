import type { Locator } from '@playwright/test'
import { expectClear } from '../support/browser/accessibility.ts'
import {
  expectNote,
  expectSynced,
  join,
  newNote,
  notes,
  noteText,
  openApp,
  openNote,
  openSynced,
  status,
  type,
} from '../support/browser/notes-page.ts'
import {
  accept,
  devicesOf,
  expectNoDialog,
  invitations,
  invitePerson,
  invitePersonByWords,
  openInvitation,
  openPeople,
  typeInvitation,
} from '../support/browser/people-page.ts'
import { expect, story } from '../support/browser/story.ts'

const rightEdge = (of: Locator): Promise<number> =>
  of.evaluate(element => element.getBoundingClientRect().right)

story(
  'two people with three devices: invite, join, write, read only, remove, new keys',
  async ({ app, device }) => {
    story.slow() // it is a long way, with three browsers
    const [laptop, phone, bens] = [await device(), await device(), await device()]
    const ann = await openSynced(laptop, app, 'Crab pots')
    await openPeople(ann)
    await expect(ann.getByText('nobody can bring you back in')).toBeVisible()

    const link = await invitePerson(ann, { me: 'Ann' })
    await expect(invitations(ann)).toContainText('A new editor')
    const ben = await openInvitation(bens, app, link)
    await expect(ben.getByRole('dialog', { name: 'Join “Ann’s workspace”?' })).toBeVisible()
    await expect(ben.getByText('Ann invites you as an editor. You can read and write.')).toBeVisible()
    await accept(ben, 'Ben')
    const writing = ben.getByRole('button', { name: 'New note' })
    expect(await rightEdge(writing), 'a long name of the workspace leaves it room').toBeLessThan(
      await rightEdge(ben.locator('hf-sidebar')),
    )
    await expect(ann.getByText('Ben has joined as an editor.')).toBeVisible()
    await expect(invitations(ann), 'an invitation for one is used up').toHaveCount(0)
    await expect(devicesOf(ann, 'Ben')).toContainText(['Chrome on Linux'])

    await openNote(ben, 'Crab pots')
    await type(ben, ' by the pier')
    await openNote(ann, 'Crab pots')
    await expectNote(ann, 'Crab pots by the pier')

    await openPeople(ann)
    await ann.getByRole('button', { name: 'Add a device of yours' }).click()
    const mine = await ann.getByRole('textbox', { name: 'Invitation link', exact: true }).inputValue()
    await ann.keyboard.press('Escape')
    await expectNoDialog(ann)
    const small = await join(phone, app, mine)
    await expect(devicesOf(ann, 'Ann')).toHaveCount(2)
    await expect(ann.getByText('nobody can bring you back in')).toHaveCount(0)
    await openNote(small, 'Crab pots')
    await expectNote(small, 'Crab pots by the pier')

    await ann.getByRole('combobox', { name: 'Role of Ben' }).selectOption('reader')
    await expect(ann.getByText('Ben is a reader now.')).toBeVisible()
    await expect(ben.getByText('You are a reader of this workspace now.')).toBeVisible()
    await expect(ben.getByText('Read only').first()).toBeVisible()
    await ben.getByRole('textbox', { name: 'Note text' }).focus()
    await ben.keyboard.type('not any more')
    expect(await noteText(ben)).toBe('Crab pots by the pier')
    await expect(ben.getByText('Whoever runs it can give you the role of an editor.')).toBeVisible()
    await expect(ben.getByRole('button', { name: 'New note' })).toHaveCount(0)
    await type(small, ', six of them')
    await expectNote(ben, 'Crab pots by the pier, six of them')
    await ann.getByRole('combobox', { name: 'Role of Ben' }).selectOption('editor')
    await expect(ben.getByRole('button', { name: 'New note' })).toBeVisible()
    await type(ben, '.')
    await expectNote(small, 'Crab pots by the pier, six of them.')

    await ann.getByRole('button', { name: 'Make new keys now' }).click()
    await expect(ann.getByText('Everybody has new keys.')).toBeVisible()
    await type(small, ' Or seven.')
    await expectNote(ben, 'Crab pots by the pier, six of them. Or seven.')

    await ann.getByRole('button', { name: /^Remove Ben/ }).click()
    await expect(ann.getByText('Everything that was on their devices stays there')).toBeVisible()
    await ann.getByRole('button', { name: 'Remove', exact: true }).click()
    await expectNoDialog(ann)
    await expect(devicesOf(ann, 'Ben')).toHaveCount(0)
    await expect(status(ben)).toContainText('taken out')
    await expect(ben.getByText('What is here can still be read and exported.')).toBeVisible()
    await expect(ben.getByRole('button', { name: 'New note' })).toHaveCount(0)
    await openNote(small, 'Crab pots')
    await type(small, ' Nobody else knows.')
    await openNote(ann, 'Crab pots')
    await expectNote(ann, 'Crab pots by the pier, six of them. Or seven. Nobody else knows.')
    expect(await noteText(ben)).toBe('Crab pots by the pier, six of them. Or seven.')

    await openPeople(ann)
    await ben.goto(await invitePerson(ann))
    await accept(ben, 'Ben')
    await openNote(ben, 'Crab pots')
    await expectNote(ben, 'Crab pots by the pier, six of them. Or seven. Nobody else knows.')
    await type(ben, ' I do.')
    await openNote(ann, 'Crab pots')
    await expectNote(ann, 'Crab pots by the pier, six of them. Or seven. Nobody else knows. I do.')
  },
)

story(
  'words bring somebody in, and a recovery key brings one back when all devices are gone',
  async ({ app, device }) => {
    const laptop = await device()
    const ann = await openSynced(laptop, app, 'Kelp')
    await openPeople(ann)
    const spoken = await invitePersonByWords(ann, { role: 'Reader', me: 'Ann' })
    expect(spoken.phrase.split(' ')).toHaveLength(7)

    const ben = await openApp(await device(), app)
    await typeInvitation(ben, { ...spoken, phrase: spoken.phrase.replace(/^\w+/, 'zebra') })
    await expect(ben.getByText('No invitation fits these words.')).toBeVisible()
    await ben
      .getByRole('textbox', { name: 'Seven words, or the 24 of a recovery key' })
      .fill(spoken.phrase.toUpperCase())
    await ben.getByRole('button', { name: 'Go on' }).click()
    await expect(ben.getByText('Ann invites you as a reader. You can read.')).toBeVisible()
    await accept(ben, 'Ben')
    await openNote(ben, 'Kelp')
    await expectNote(ben, 'Kelp')

    await ann.getByRole('button', { name: 'Make a recovery key', exact: true }).click()
    await ann.locator('wa-dialog[open]').getByRole('button', { name: 'Make a recovery key' }).click()
    const key = ann.getByRole('list', { name: 'Recovery key' }).getByRole('listitem')
    await expect(key).toHaveCount(24)
    const words = await key.allTextContents()
    await ann.evaluate(() => {
      window.print = () => undefined
    })
    await ann.getByRole('button', { name: 'Print' }).click()
    await ann.emulateMedia({ media: 'print' })
    await expect(ann.getByRole('heading', { name: /^Recovery key of/ })).toBeVisible()
    expect(await ann.locator('.hf-print-sheet li').allTextContents()).toEqual(words)
    await expect(ann.locator('.hf-print-sheet')).toContainText(spoken.workspace)
    await expect(ann.getByRole('button', { name: 'Done' }), 'nothing else is on the paper').toBeHidden()
    await ann.evaluate(() => window.dispatchEvent(new Event('afterprint')))
    await ann.emulateMedia({ media: 'screen' })
    await ann.getByRole('button', { name: 'Done' }).click()
    await expectNoDialog(ann)
    await expect(invitations(ann)).toContainText('Your recovery key')
    await expect(ann.getByText('brings you back in as the owner')).toHaveCount(0)
    await expectSynced(ann)
    await laptop.close()

    const fresh = await openApp(await device(), app)
    await typeInvitation(fresh, { ...spoken, phrase: words.join(' ') })
    await expect(fresh.getByText('With this recovery key the device becomes one of Ann.')).toBeVisible()
    await accept(fresh)
    await openNote(fresh, 'Kelp')
    await expectNote(fresh, 'Kelp')
    await openPeople(fresh)
    await expect(devicesOf(fresh, 'Ann')).toHaveCount(2)
    await fresh.getByRole('button', { name: /^Take out/ }).click()
    await fresh.getByRole('button', { name: 'Take it out' }).click()
    await expectNoDialog(fresh)
    await expect(devicesOf(fresh, 'Ann')).toHaveCount(1)
    await newNote(fresh)
    await type(fresh, 'Back')
    await expect(notes(ben).filter({ hasText: 'Back' })).toHaveCount(1)
  },
)

story(
  'people, invitations and keys are clear to everybody, by day and night, on a phone too',
  async ({ app, device }) => {
    const phone = await device({ viewport: { width: 390, height: 844 } })
    const ann = await openSynced(phone, app, 'Kelp')
    await ann.getByRole('button', { name: 'Back to the list' }).click()
    await openPeople(ann)
    const link = await invitePerson(ann, { me: 'Ann' })
    const ben = await openInvitation(await device(), app, link)
    await expectClear(ben, 'an invitation')
    await accept(ben, 'Ben')
    await openPeople(ben)
    await expectClear(ben, 'the page of one who was invited')
    await expect(devicesOf(ann, 'Ben')).toHaveCount(1)
    await expectClear(ann, 'the page')
    const wide = await ann.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
    expect(wide, 'nothing is cut off at the side').toBeLessThanOrEqual(0)
    for (const [name, where] of [
      ['Invite a person', 'inviting'],
      ['Add a device of yours', 'a link'],
      [/^Remove Ben/, 'removing'],
      [/^Rename/, 'renaming'],
      ['Make a recovery key…', 'a recovery key'],
    ] as const) {
      await ann.getByRole('button', { name, exact: true }).click()
      await expect(ann.getByRole('dialog')).toBeVisible()
      if (where === 'a link') await expect(ann.getByRole('img', { name: /QR code/ })).toBeVisible()
      await expectClear(ann, where)
      await ann.keyboard.press('Escape')
      await expectNoDialog(ann)
    }
    await ann.clock.setFixedTime(Date.now() + 2 * 24 * 60 * 60_000)
    await ann.getByRole('button', { name: 'Back to the list' }).click()
    await openPeople(ann)
    await expect(invitations(ann), 'nobody can come any more').toHaveCount(0)
    await ann.getByText('One invitation has run out').click()
    await expectClear(ann, 'an invitation that has run out')
    await ann.getByRole('button', { name: /^Take off the list/ }).click()
    await expect(ann.getByText('One invitation has run out')).toHaveCount(0)
    await ann.keyboard.press('Escape')
    await expect(ann.getByRole('button', { name: 'New note' })).toBeVisible()
  },
)
