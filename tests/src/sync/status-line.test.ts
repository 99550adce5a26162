import { describe, expect, it } from 'vitest'
import type { SyncValue } from '../../../protocol/sync.ts'
import { readersLine } from '../../../src/sync/relay-words.ts'
import { awayLine, setAsideLine, statusLine } from '../../../src/sync/status-line.ts'
import { SYNC_OFF } from '../../support/sync-off.ts'

const at = new Date(2026, 4, 12, 14, 3).getTime()
const line = (value: Partial<SyncValue>, typing = false) =>
  statusLine({ ...SYNC_OFF, ...value }, { type: 'connected', epoch: 'e' }, typing)

describe('the status line', () => {
  it.each<[Partial<SyncValue>, string]>([
    [{}, 'Stored on this device'],
    [{ storing: true }, 'Storing…'],
    [{ phase: 'connecting' }, 'Connecting…'],
    [{ phase: 'connecting', waiting: 2 }, 'Connecting… · 2 changes waiting'],
    [{ phase: 'syncing' }, 'Syncing…'],
    [{ phase: 'syncing', waiting: 1 }, 'Syncing… · 1 change waiting'],
    [{ phase: 'syncing', remaining: 40 }, 'Syncing… · 40 notes to compare'],
    [{ phase: 'synced', syncedAt: at }, 'Synced at 14:03'],
    [{ phase: 'offline', waiting: 3 }, 'Offline · 3 changes waiting'],
    [{ phase: 'offline' }, 'Offline · stored on this device'],
    [
      { phase: 'refused', refusal: { code: 'full', message: 'It is full.', advice: 'Ask its operator.' } },
      'The relay refused: It is full — Ask its operator.',
    ],
    [
      {
        phase: 'refused',
        refusal: { code: 'token-early', message: 'The clock of this device is ahead.', advice: 'Set it.' },
      },
      'The clock of this device is ahead — Set it.',
    ],
    [
      {
        phase: 'refused',
        refusal: { code: 'not-a-member', message: 'not-a-member', advice: 'This device was taken out.' },
      },
      'This device was taken out.',
    ],
  ])('for %j says %j', (value, text) => {
    expect(line(value).text).toBe(text)
  })

  const relay = (name: string, phase: SyncValue['phase'], trusted = false) => ({
    origin: `https://${name}.example`,
    phase,
    trusted,
  })
  const synced = (...relays: readonly ReturnType<typeof relay>[]) =>
    line({ phase: 'synced', syncedAt: at, relays })

  it('names a relay that lacks something, and says of how many relays have all', () => {
    expect(synced(relay('a', 'synced'), relay('b', 'synced')).text).toBe('Synced at 14:03')
    const away = synced(relay('a', 'synced'), relay('b', 'offline'))
    expect(away.text).toBe('Synced with 1 of 2 relays at 14:03 · b.example is not reached')
    expect(away.tone).toBe('warn')
    expect(synced(relay('a', 'syncing'), relay('b', 'synced'))).toMatchObject({
      text: 'Synced with 1 of 2 relays at 14:03 · a.example lacks something still',
      tone: 'calm',
    })
  })

  it('never says synced of a server that confirms nothing', () => {
    const handed = synced(relay('nas', 'synced', true))
    expect(handed.text).toBe('Handed over at 14:03')
    expect(handed.detail).toContain('nas.example can read everything')
    expect(synced(relay('a', 'synced'), relay('nas', 'offline', true)).text).toBe(
      'Synced at 14:03 · nas.example is not reached',
    )
  })

  it('says for as long as it is so who can read', () => {
    expect(readersLine([relay('a', 'synced')])).toBeNull()
    expect(readersLine([relay('a', 'synced'), relay('nas', 'offline', true)])).toBe(
      'nas.example can read everything',
    )
  })

  it('never says synced while something waits', () => {
    expect(line({ phase: 'synced', syncedAt: at, waiting: 3 }).text).toBe('3 changes waiting')
  })

  it('does not promise a reader that what they wrote before is sent', () => {
    const waits = { ...SYNC_OFF, phase: 'syncing', waiting: 1 } as const
    const of = (value: SyncValue) => statusLine(value, { type: 'connected', epoch: 'e' }, false, true)
    expect(of(waits).text).toBe('1 note has changes that were not sent: you may only read here now')
    expect(of({ ...waits, waiting: 0 }).text).toBe('Syncing…')
    expect(of({ ...waits, phase: 'offline' }).text).toBe('Offline · 1 change waiting')
  })

  it('never says stored while this tab has edits that are not', () => {
    for (const phase of ['off', 'synced', 'offline'] as const)
      expect(line({ phase }, true).text).toBe('Storing…')
  })

  it('says loudly that something could not be stored, whatever else is going on', () => {
    const full = line({ phase: 'synced', storageProblem: 'The disk is full.' }, true)
    expect(full).toEqual({
      text: 'Not everything could be stored',
      tone: 'alarm',
      detail: 'The disk is full.',
    })
  })

  it('does not trust what the worker said before it went away', () => {
    expect(statusLine(SYNC_OFF, { type: 'connecting' }, false).text).toBe('Starting…')
  })

  it('warns after a week in which no relay was reached, and only while none is', () => {
    const day = 24 * 60 * 60_000
    const away = (days: number, value: Partial<SyncValue> = {}) =>
      awayLine({ ...SYNC_OFF, phase: 'offline', reachedAt: at - days * day, ...value }, at)
    expect(away(6.9)).toBeNull()
    expect(away(7)).toContain('No relay was reached for 7 days.')
    expect(away(30, { phase: 'refused' })).toContain('30 days')
    expect(away(30, { phase: 'connecting' })).toContain('30 days')
    expect(away(30, { phase: 'synced' })).toBeNull()
    expect(away(30, { phase: 'off', reachedAt: null })).toBeNull()
    expect(awayLine(undefined, at)).toBeNull()
  })

  it('tells how much was set aside', () => {
    expect(setAsideLine(0)).toBeNull()
    expect(setAsideLine(1)).toBe('1 change could not be read and was set aside')
    expect(setAsideLine(2)).toBe('2 changes could not be read and were set aside')
  })
})
