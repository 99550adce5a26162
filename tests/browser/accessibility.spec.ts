import { accessibilityProblems, expectClear } from '../support/browser/accessibility.ts'
import { openApp, writeNote } from '../support/browser/notes-page.ts'
import { expect, story } from '../support/browser/story.ts'
import { chooseWorkspace, expectShown, newWorkspace } from '../support/browser/workspaces.ts'

story('the check itself sees what is wrong, in shadow roots too', async ({ device }) => {
  const page = await (await device()).newPage()
  await page.setContent(`
    <h1>Notes</h1><h3>Too deep</h3><button></button><img src="data:,"><div tabindex="0">What am I?</div>
    <p style="color: #999; background: #fff">Too faint</p><p style="color: #767676">Just enough</p>
    <div id="host" style="background: #222"></div>`)
  await page.evaluate(() => {
    const root = document.getElementById('host')!.attachShadow({ mode: 'open' })
    root.textContent = ''
    const text = document.createElement('span')
    text.textContent = 'Dark on dark'
    text.style.color = '#444'
    root.append(text)
  })
  expect(await accessibilityProblems(page)).toEqual([
    '“Too deep” goes from heading 1 to 3',
    'a button has no name',
    'a image has no name',
    'a div can be reached by keyboard and has no role',
    expect.stringContaining('“Too faint” has a contrast of 2.8'),
    expect.stringContaining('“Dark on dark” has a contrast of 1.6'),
  ])
})

for (const [what, viewport] of [
  ['a desktop', { width: 1280, height: 800 }],
  ['a phone', { width: 390, height: 844 }],
] as const)
  story(`list, note, trash and dialogs are clear to everybody on ${what}`, async ({ app, device }) => {
    const page = await openApp(await device({ viewport }), app)
    await expectClear(page, 'the empty list')
    for (const dialog of ['Turn on sync', 'Import']) {
      await page.getByRole('button', { name: dialog, exact: true }).first().click()
      await expect(page.getByRole('dialog')).toBeVisible()
      await expectClear(page, dialog)
      await page.keyboard.press('Escape')
      await expect(page.locator('wa-dialog[open]')).toHaveCount(0)
    }
    await writeNote(
      page,
      '# Tides\n\n- [ ] look at **kelp**, `rock` and [pools](https://pools.example)\n> quiet',
    )
    await expectClear(page, 'a note')
    await page.getByRole('button', { name: 'More' }).click()
    await expect(page.getByRole('menuitem', { name: 'Move to another workspace' })).toBeVisible()
    await expectClear(page, 'what can be done with a note')
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Delete note' }).click()
    await expectClear(page, 'the list after a deletion')
    await newWorkspace(page, 'The boat')
    await page.getByRole('button', { name: 'Workspace: The boat' }).click()
    await expect(page.getByRole('menuitem', { name: 'New workspace' })).toBeVisible()
    await expectClear(page, 'the menu of workspaces')
    await page.keyboard.press('Escape')
    await chooseWorkspace(page, 'Settings')
    await expect(page.getByRole('dialog')).toBeVisible()
    await expectClear(page, 'the settings of a workspace')
    await page.getByRole('button', { name: 'Delete workspace' }).click()
    await expect(page.getByRole('checkbox', { name: 'Keep a copy' })).toBeVisible()
    await expectClear(page, 'what stays where')
    await page.keyboard.press('Escape')
    await expect(page.locator('wa-dialog[open]')).toHaveCount(0)
    await chooseWorkspace(page, 'Personal')
    await expectShown(page, 'Personal')
    await page.getByRole('button', { name: 'Trash', exact: true }).click()
    await expect(page.getByRole('button', { name: 'Empty trash' })).toBeVisible()
    await expectClear(page, 'the trash')
  })
