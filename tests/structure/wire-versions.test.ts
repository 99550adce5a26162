import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { RELAY_PROTOCOL, TAB_PROTOCOL } from '../../protocol/version.ts'
import { essence } from './essence.ts'
import { root } from './read-imports.ts'
import recorded from './wire-versions.json' with { type: 'json' }

/**
 * What a version stands for. A build that speaks another form under the same number would talk to an older one as if
 * it understood it. After a change here: raise the number in protocol/version.ts, say in its history what changed, and
 * record the new hash in wire-versions.json.
 */
const WIRES = {
  relay: {
    version: RELAY_PROTOCOL,
    files: [
      'relay-messages.ts',
      'relay-codec.ts',
      'wire-fields.ts',
      'relay-bodies.ts',
      'wire-codec.ts',
      'short-bytes.ts',
      'short-envelope.ts',
      'short-tables.ts',
      'envelope.ts',
      'access/acts.ts',
    ],
  },
  tab: {
    version: TAB_PROTOCOL,
    files: [
      'commands.ts',
      'notes.ts',
      'people.ts',
      'sync.ts',
      'vault.ts',
      'view-messages.ts',
      'views.ts',
      'worker-api.ts',
    ],
  },
} as const

const hashOf = (files: readonly string[]): string =>
  createHash('sha256')
    .update(files.map(file => essence(readFileSync(join(root, 'protocol', file), 'utf8'))).join('\n'))
    .digest('hex')

test.each(['relay', 'tab'] as const)('what the %s protocol version stands for is as recorded', name => {
  const { version, files } = WIRES[name]
  expect({ version, hash: hashOf(files) }).toEqual(recorded[name])
})

test('comments and layout make no difference', () => {
  const plain = essence('type A = { b: 1, c: [2] }')
  expect(essence('// why\ntype A = {\n  b: 1, /* one */\n  c: [2],\n}')).toBe(plain)
})

test('a name, a type or a number does', () => {
  const plain = essence('type A = { b: 1 }')
  for (const other of ['type A = { b: 2 }', 'type A = { c: 1 }', 'type A = { b?: 1 }', 'type B = { b: 1 }'])
    expect(essence(other)).not.toBe(plain)
})
