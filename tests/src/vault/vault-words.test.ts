import { expect, it } from 'vitest'
import type { VaultRow } from '../../../protocol/vault.ts'
import {
  detailOf,
  exportedWords,
  hostOf,
  importedWords,
  linkOf,
  titleOf,
} from '../../../src/vault/vault-words.ts'

const ROW: VaultRow = {
  id: 'e',
  kind: 'password',
  title: 'Bank',
  username: 'ana',
  url: 'https://login.bank.example/start?x=1',
  filled: [],
  several: [],
  changed: 0,
  deleted: false,
  problem: null,
}

it('tells entries apart in a line', () => {
  expect(detailOf(ROW)).toBe('ana · login.bank.example')
  expect(detailOf({ ...ROW, url: '' })).toBe('ana')
  expect(detailOf({ ...ROW, problem: 'other-device' })).toBe('Sealed by another device, not readable here')
  expect(titleOf({ ...ROW, title: '' })).toBe('Without a title')
  expect(titleOf({ ...ROW, title: '', problem: 'damaged' })).toBe('Not readable here')
})

it('makes links only of addresses of web pages', () => {
  expect(linkOf('bank.example/x')).toBe('https://bank.example/x')
  expect(linkOf('http://bank.example')).toBe('http://bank.example/')
  for (const text of ['', 'javascript:alert(1)', 'data:text/html,x', 'blob:x', 'my safe', 'ssh://host'])
    expect(linkOf(text)).toBeNull()
  expect(hostOf('my safe')).toBe('my safe')
  expect(hostOf('bank.example/x')).toBe('bank.example')
})

it('says what came of an export and an import', () => {
  expect(exportedWords({ entries: 1, unreadable: 0 })).toBe(
    '1 entry exported, unsealed. Delete the file as soon as you do not need it.',
  )
  expect(exportedWords({ entries: 2, unreadable: 1 })).toContain('1 entry could not be opened here')
  expect(importedWords({ added: 2, unchanged: 1 })).toContain('1 entry was here already.')
})
