import { exportSPKI, SignJWT } from 'jose'
import { describe, expect, test, vi } from 'vitest'
import { toBase64url } from '../../protocol/bytes.ts'
import { accessPath, logPath, type RefusalAnswer } from '../../protocol/relay-http.ts'
import { CLOSE_CODES, type RefusalCode } from '../../protocol/relay-messages.ts'
import { openClient } from './support/client.ts'
import { createKeys, type Group, type KeyPair, seconds } from './support/member.ts'
import { aRelayHere, type RelayHere } from './support/relay-here.ts'
import { aGroupAt, join } from './support/setup.ts'

vi.setConfig({ testTimeout: 60_000 })

const MINUTE = 60
const DAY = 24 * 3600
const TYPE = 'holdfast-token+jwt'
const encoded = (value: object): string => toBase64url(new TextEncoder().encode(JSON.stringify(value)))

const setup = async () => {
  const relay = await aRelayHere()
  const group = await aGroupAt(relay)
  const claims = {
    ws: group.workspace,
    aud: relay.url,
    scope: 'read write',
    gen: 0,
    iat: seconds(),
    exp: seconds() + 15 * MINUTE,
  }
  return { relay, group, claims, header: { alg: 'EdDSA', typ: TYPE, jwk: group.owner.publicKey } }
}

/** What the owner signs, whatever it says. */
const signed = (claims: object, header: object, keys: Pick<KeyPair, 'privateKey'>): Promise<string> =>
  new SignJWT({ ...claims })
    .setProtectedHeader(header as Parameters<SignJWT['setProtectedHeader']>[0])
    .sign(keys.privateKey)

/** Shows a token at both doors; both must say the same. Returns the sentence. */
const turnedAway = async (relay: RelayHere, group: Group, token: string, code: RefusalCode) => {
  const response = await fetch(relay.url + logPath(group.workspace), {
    headers: { authorization: `Bearer ${token}` },
  })
  const { error } = (await response.json()) as RefusalAnswer
  expect({ code: error.code, status: response.status }).toEqual({ code, status: 401 })
  expect(error.message).toMatch(/^[A-Z].*\.$/)
  const client = openClient(relay.url, group.workspace, { token })
  expect(await client.closed).toEqual({ code: CLOSE_CODES[code], reason: code })
  expect(client.received).toEqual([])
  return error.message
}

describe('RLY-11: a token that was not made as it must be opens nothing', () => {
  test('the one that all others here differ from is good', async () => {
    const { relay, group, claims, header } = await setup()
    const token = await signed(claims, header, group.owner)
    const client = openClient(relay.url, group.workspace, { token })
    await client.next('hello')
    await client.close()
  })

  test('without a signature: "alg": "none"', async () => {
    const { relay, group, claims, header } = await setup()
    for (const alg of ['none', 'None', 'NONE']) {
      const unsigned = `${encoded({ ...header, alg })}.${encoded(claims)}`
      for (const token of [`${unsigned}.`, `${unsigned}.${toBase64url(new Uint8Array(64))}`, unsigned])
        await turnedAway(relay, group, token, 'token-invalid')
    }
  })

  test('signed by HMAC with the public key as its secret', async () => {
    const { relay, group, claims, header } = await setup()
    const { publicKey, privateKey } = group.owner
    const { subtle } = globalThis.crypto
    const { x } = publicKey
    const pem = await exportSPKI(await subtle.importKey('jwk', { ...publicKey }, 'Ed25519', true, ['verify']))
    for (const secret of [Buffer.from(x, 'base64url'), Buffer.from(x), Buffer.from(pem)]) {
      const token = await new SignJWT(claims).setProtectedHeader({ ...header, alg: 'HS256' }).sign(secret)
      await turnedAway(relay, group, token, 'token-invalid')
      // The same, pretending to be what is expected.
      const [, payload, signature] = token.split('.')
      await turnedAway(relay, group, `${encoded(header)}.${payload}.${signature}`, 'token-invalid')
    }
    expect(privateKey.algorithm.name).toBe('Ed25519')
  })

  test('signed by another algorithm: ES256, RS256', async () => {
    const { relay, group, claims, header } = await setup()
    const { generateKeyPair, exportJWK } = await import('jose')
    for (const alg of ['ES256', 'RS256']) {
      const pair = await generateKeyPair(alg, { extractable: true })
      const jwk = await exportJWK(pair.publicKey)
      for (const named of [header.jwk, jwk])
        await turnedAway(
          relay,
          group,
          await signed(claims, { ...header, alg, jwk: named }, pair),
          'token-invalid',
        )
    }
  })

  test('signed by another key, or naming none', async () => {
    const { relay, group, claims, header } = await setup()
    const thief = await createKeys()
    await turnedAway(relay, group, await signed(claims, header, thief), 'token-invalid')
    const { jwk: _, ...nameless } = header
    await turnedAway(relay, group, await signed(claims, nameless, group.owner), 'token-invalid')
    const byId = { ...nameless, kid: group.owner.id }
    await turnedAway(relay, group, await signed(claims, byId, group.owner), 'token-invalid')
  })

  test('an access list of the workspace is no token, nor is anything of another type', async () => {
    const { relay, group, claims, header } = await setup()
    await turnedAway(relay, group, group.statements[0]!, 'token-invalid')
    for (const typ of ['JWT', 'holdfast-access+jwt', undefined])
      await turnedAway(relay, group, await signed(claims, { ...header, typ }, group.owner), 'token-invalid')
  })

  test('for another relay, for more than one, or for none', async () => {
    const { relay, group, claims, header } = await setup()
    for (const aud of [
      'https://other.example',
      `${relay.url}/`,
      [relay.url],
      [relay.url, 'https://other.example'],
      undefined,
    ])
      await turnedAway(relay, group, await signed({ ...claims, aud }, header, group.owner), 'token-invalid')
  })

  test('for another workspace, with an unknown scope, or without a claim', async () => {
    const { relay, group, claims, header } = await setup()
    const other = await aGroupAt(relay)
    for (const change of [
      { ws: other.workspace },
      { scope: 'read everything' },
      { scope: '' },
      { gen: -1 },
      { gen: undefined },
      { iat: undefined },
      { exp: undefined },
      { exp: claims.exp + 3600 },
      { exp: 'later' },
    ])
      await turnedAway(
        relay,
        group,
        await signed({ ...claims, ...change }, header, group.owner),
        'token-invalid',
      )
  })
})

describe('RLY-11: a clock that is wrong is named as what it is', () => {
  /** A token as a device makes it whose clock is some seconds ahead of the relay's, or behind. */
  const at = async (ahead: number, made: Awaited<ReturnType<typeof setup>>) => {
    const { claims, header, group } = made
    const times = { iat: claims.iat + ahead, exp: claims.exp + ahead }
    return signed({ ...claims, ...times }, header, group.owner)
  }

  test('a day behind, or ten hours: it has run out', async () => {
    const made = await setup()
    for (const behind of [DAY, 10 * 3600]) {
      const said = await turnedAway(made.relay, made.group, await at(-behind, made), 'token-expired')
      expect(said).toContain('clock')
    }
  })

  test('a day ahead, or two minutes: it is from the future', async () => {
    const made = await setup()
    for (const ahead of [DAY, 2 * MINUTE]) {
      const said = await turnedAway(made.relay, made.group, await at(ahead, made), 'token-early')
      expect(said).toContain('clock')
    }
  })

  test('half a minute is nobody’s fault', async () => {
    const made = await setup()
    for (const ahead of [-30, 30]) {
      const client = openClient(made.relay.url, made.group.workspace, { token: await at(ahead, made) })
      await client.next('hello')
      await client.close()
    }
  })

  test('the answer says what time it is, so that the device can make a token that is good', async () => {
    const made = await setup()
    const response = await fetch(made.relay.url + accessPath(made.group.workspace), {
      headers: { authorization: `Bearer ${await at(DAY, made)}` },
    })
    const { error } = (await response.json()) as RefusalAnswer
    expect(error.code).toBe('token-early')
    const wrongNow = Date.now() + DAY * 1000
    const off = Date.parse(response.headers.get('date')!) - wrongNow
    const mended = await at(DAY + Math.round(off / 1000), made)
    const client = openClient(made.relay.url, made.group.workspace, { token: mended })
    await client.next('hello')
    await client.close()
  })

  test('pages of other sites may read that time too', async () => {
    const relay = await aRelayHere({ HOLDFAST_ALLOWED_ORIGINS: 'https://friend.example' })
    const group = await aGroupAt(relay)
    const response = await fetch(relay.url + accessPath(group.workspace), {
      headers: { origin: 'https://friend.example' },
    })
    expect(response.headers.get('access-control-expose-headers')).toBe('date')
  })

  test('a wrong clock on an open connection refuses the renewal, and says so', async () => {
    const made = await setup()
    const client = await join(made.relay, made.group)
    client.send({ type: 'renew', token: await at(DAY, made) })
    expect(await client.next('refused')).toMatchObject({ code: 'token-early', document: null })
    client.send({ type: 'renew', token: await at(-DAY, made) })
    expect(await client.next('refused')).toMatchObject({ code: 'token-expired', document: null })
    client.send({ type: 'ping' })
    await client.next('pong')
  })
})
