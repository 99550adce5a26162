import { expect, it } from 'vitest'
import {
  addressOfNote,
  addressOfPage,
  asksForNewNote,
  noteInAddress,
  pageInAddress,
  takeInvitation,
} from '../../../src/app/address.ts'

const NOTE = `${'a'.repeat(21)}A`

it('keeps the open note in the address', () => {
  expect(addressOfNote(NOTE)).toBe(`/#note=${NOTE}`)
  expect(noteInAddress(`#note=${NOTE}`)).toBe(NOTE)
  expect(noteInAddress('#note=nonsense')).toBeNull()
  expect(addressOfNote(null)).toBe('/')
})

it('keeps a page in the address', () => {
  expect(addressOfPage('vault')).toBe('/#vault')
  expect(pageInAddress('#vault')).toBe('vault')
  expect(pageInAddress('#sync')).toBe('sync')
  expect(pageInAddress('#note=x')).toBeNull()
})

it('takes an invitation out of the address bar before it is used', () => {
  const replaced: string[] = []
  const href = 'https://app.example/#join=a.b.c'
  const place = {
    location: { href, hash: '#join=a.b.c' },
    history: { replaceState: (_: null, __: string, address: string) => void replaced.push(address) },
  }
  expect(takeInvitation(place)).toBe(href)
  expect(replaced).toEqual(['/'])
})

it('leaves other addresses alone', () => {
  const place = {
    location: { href: 'https://app.example/', hash: '' },
    history: {
      replaceState: () => {
        throw new Error('The address was changed.')
      },
    },
  }
  expect(takeInvitation(place)).toBeNull()
})

it('knows the shortcut for a new note', () => {
  expect(asksForNewNote('?new')).toBe(true)
  expect(asksForNewNote('?renewed')).toBe(false)
})
