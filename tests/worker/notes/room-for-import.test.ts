import { expect, test } from 'vitest'
import { createTransferDevice, file } from './transfer-setup.ts'

const TEXT = 'x'.repeat(100_000)

test('an import that cannot fit is refused with numbers before anything is written', async () => {
  const { tryToBringIn, titles, documents } = await createTransferDevice(1, async () => 1_000_000)
  const many = Array.from({ length: 20 }, (_, index) => file(`${index}.md`, TEXT))
  const refused = await tryToBringIn(many)
  expect(refused).toMatchObject({ error: { code: 'no-space' } })
  if (!refused.ok) expect(refused.error.message).toMatch(/about 2\.6 MB.*1 MB more.*Nothing was imported/)
  expect(await tryToBringIn(many, true)).toMatchObject({ error: { code: 'no-space' } })
  expect([titles(), documents.disk.size]).toEqual([[], 0])
})

test('where it is close, the person is asked and may go on', async () => {
  const { tryToBringIn, titles } = await createTransferDevice(1, async () => 150_000)
  expect(await tryToBringIn([file('a.md', TEXT)])).toMatchObject({ error: { code: 'tight-space' } })
  expect(titles()).toEqual([])
  expect(await tryToBringIn([file('a.md', TEXT)], true)).toMatchObject({ value: { added: 1 } })
})

test('what lies unpacked in an archive counts, not the archive', async () => {
  const source = await createTransferDevice(1)
  await source.bringIn(file('a.md', TEXT))
  const { tryToBringIn } = await createTransferDevice(2, async () => 50_000)
  const archive = await source.exported()
  expect(archive.file.size).toBeLessThan(10_000)
  expect(await tryToBringIn([archive])).toMatchObject({ error: { code: 'no-space' } })
})
