import { beforeAll, describe, expect, test } from 'vitest'
import { readStatement, signStatement } from '../../protocol/access/statement.ts'
import { type PublicKey, publicKeyFromBytes } from '../../protocol/ids.ts'
import { isSoundJws } from '../../protocol/jws.ts'
import { checkToken, signToken } from '../../protocol/token.ts'
import { fromHex } from '../support/vectors/hex.ts'
import { found, named, WORKSPACE } from './access/story.ts'
import points from './vectors/ed25519-points.json' with { type: 'json' }

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const NOW = 1_700_000_000
const AUDIENCE = 'https://relay.example'

/** All that a careless reader takes for the same three parts. */
const otherSpellings = (text: string): string[] => {
  const [header, payload, signature] = text.split('.') as [string, string, string]
  return [
    ...[...LETTERS].map(letter => text.slice(0, -1) + letter).filter(other => other !== text),
    `${text} `,
    `\n${text}`,
    `${text}==`,
    `${header}. ${payload}.${signature}`,
    `${header}=.${payload}.${signature}`,
    `${text}.`,
  ]
}

describe('a signed text has one spelling', () => {
  let key: CryptoKey
  let publicKey: PublicKey
  beforeAll(async () => {
    const pair = (await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify'])) as CryptoKeyPair
    key = pair.privateKey
    publicKey = publicKeyFromBytes(new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey)))
  })

  test('so that nobody makes a second statement out of one', async () => {
    const { ws, gen, prev, iat, acts } = found(named('ann'))
    const text = await signStatement({ ws, gen, prev, iat, acts }, key, publicKey)
    expect((await readStatement(WORKSPACE, text)).ok).toBe(true)
    for (const other of otherSpellings(text)) expect((await readStatement(WORKSPACE, other)).ok).toBe(false)
  })

  test('nor a second token', async () => {
    const request = {
      workspace: WORKSPACE,
      audience: AUDIENCE,
      scopes: ['read'],
      generation: 0,
      now: NOW,
    } as const
    const text = await signToken(request, key, publicKey)
    const expected = { workspace: WORKSPACE, audiences: [AUDIENCE], now: NOW }
    expect((await checkToken(text, expected)).ok).toBe(true)
    for (const other of otherSpellings(text)) expect((await checkToken(other, expected)).ok).toBe(false)
  })

  test('and neither a key nor a signature with a point of small order', async () => {
    const { ws, gen, prev, iat, acts } = found(named('ann'))
    const text = await signStatement({ ws, gen, prev, iat, acts }, key, publicKey)
    const [header, payload] = text.split('.')
    for (const point of points.smallOrder) {
      const half = Buffer.from(point, 'hex')
      const signature = Buffer.concat([half, Buffer.alloc(32)]).toString('base64url')
      expect(isSoundJws(`${header}.${payload}.${signature}`), point).toBe(false)
      const weak = await signStatement({ ws, gen, prev, iat, acts }, key, publicKeyFromBytes(fromHex(point)))
      expect((await readStatement(WORKSPACE, weak)).ok, point).toBe(false)
    }
  })
})
