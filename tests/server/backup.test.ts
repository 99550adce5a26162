import { spawnSync } from 'node:child_process'
import { copyFile, mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { aFolder } from './support/folder.ts'
import { randomDocument } from './support/member.ts'
import { aGroupAt, aRelay, join as connect, post } from './support/setup.ts'

vi.setConfig({ testTimeout: 60_000 })

test('RLY-22: a backup of a running relay, made as docs/operations.md says, restores to its log under other stamps', async () => {
  const operations = await readFile(join(import.meta.dirname, '../../docs/operations.md'), 'utf8')
  const command = /backup\.test\.ts -->\n```sh\nnode -e "(.*)"\n```/.exec(operations)?.[1]
  const directory = await aFolder()
  const relay = await aRelay({ dataDir: join(directory, 'data') })
  const group = await aGroupAt(relay)
  const document = randomDocument()
  const append = async (at: typeof relay) =>
    (await post(at, group, [{ document, envelopes: [await group.owner.seal(document)] }])).answer
  await append(relay)
  const made = spawnSync(process.execPath, ['-e', command!], { cwd: directory, encoding: 'utf8' })
  expect(made.stderr).not.toContain('Error')
  expect(made.status).toBe(0)
  const lost = await append(relay)

  await mkdir(join(directory, 'restored'))
  await copyFile(join(directory, 'backup.sqlite'), join(directory, 'restored', 'relay.sqlite'))
  const restored = await aRelay({ dataDir: join(directory, 'restored') })
  const client = await connect(restored, group)
  expect(client.received[0]).toMatchObject({ log: lost.log, head: { position: 1 } })
  const again = await append(restored)
  expect(again.known[0]!.to.position).toBe(lost.known[0]!.to.position)
  expect(again.known[0]!.to.stamp).not.toBe(lost.known[0]!.to.stamp)
})
