import { SignJWT } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Claims } from '../../../protocol/access/acts.ts'
import { signJoin } from '../../../protocol/access/join-proof.ts'
import { headsDigest, readStatement, signStatement } from '../../../protocol/access/statement.ts'
import { toBase64url } from '../../../protocol/bytes.ts'
import { type PublicKey, thumbprint } from '../../../protocol/ids.ts'
import { MAX_STATEMENT_BYTES } from '../../../protocol/limits.ts'
import { fromHex } from '../../support/vectors/hex.ts'
import x25519 from '../vectors/x25519.json' with { type: 'json' }
import { found, named, WORKSPACE } from './story.ts'

const claims: Claims = (({ ws, gen, prev, iat, acts }) => ({ ws, gen, prev, iat, acts }))(found(named('ann')))

const newKeys = async () => {
  const pair = (await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify'])) as CryptoKeyPair
  const { x } = await crypto.subtle.exportKey('jwk', pair.publicKey)
  const publicKey: PublicKey = { kty: 'OKP', crv: 'Ed25519', x: x! }
  return { signing: pair.privateKey, publicKey }
}

describe('a statement about members', () => {
  let pair: CryptoKeyPair
  let publicKey: PublicKey
  beforeAll(async () => {
    pair = (await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify'])) as CryptoKeyPair
    const { x } = await crypto.subtle.exportKey('jwk', pair.publicKey)
    publicKey = { kty: 'OKP', crv: 'Ed25519', x: x! }
  })

  it('is read as it was signed, with who signed it', async () => {
    const text = await signStatement(claims, pair.privateKey, publicKey)
    const read = await readStatement(WORKSPACE, text)
    expect(read).toMatchObject({ ok: true, value: { ...claims, signer: await thumbprint(publicKey), text } })
  })

  it('is refused where a letter of it was changed', async () => {
    const text = await signStatement(claims, pair.privateKey, publicKey)
    const [header, payload, signature] = text.split('.') as [string, string, string]
    const changed = `${header}.${payload.replace(/^.{20}/, part => part.slice(0, 19) + (part[19] === 'A' ? 'B' : 'A'))}.${signature}`
    expect(await readStatement(WORKSPACE, changed)).toMatchObject({
      ok: false,
      error: { code: 'access-invalid' },
    })
  })

  it('is refused in another workspace, or under another name of its kind', async () => {
    const text = await signStatement(claims, pair.privateKey, publicKey)
    expect((await readStatement(named('other'), text)).ok).toBe(false)
    const token = await new SignJWT({ ...claims })
      .setProtectedHeader({ alg: 'EdDSA', typ: 'holdfast-token+jwt', jwk: { ...publicKey } })
      .sign(pair.privateKey)
    expect((await readStatement(WORKSPACE, token)).ok).toBe(false)
  })

  it('is refused where it says something that nobody knows, or too much', async () => {
    const wrong = [
      { ...claims, acts: [] },
      { ...claims, acts: [{ do: 'fly' }] },
      { ...claims, acts: [{ do: 'constructor' }] },
      { ...claims, acts: [{ do: 'revoke', invitation: 'short' }] },
      { ...claims, gen: -1 },
      { ...claims, acts: [{ do: 'card', device: named('ann'), card: 'x'.repeat(MAX_STATEMENT_BYTES) }] },
    ] as unknown as Claims[]
    for (const bad of wrong) {
      const text = await signStatement(bad, pair.privateKey, publicKey)
      expect(await readStatement(WORKSPACE, text)).toMatchObject({
        ok: false,
        error: { code: 'access-invalid' },
      })
    }
    expect((await readStatement(WORKSPACE, 'nonsense')).ok).toBe(false)
  })

  it('is refused where it names a key that nothing can be sealed to, which would stop every change of keys', async () => {
    for (const point of x25519.smallOrder) {
      const sealing = toBase64url(fromHex(point))
      const acts = [{ ...claims.acts[0]!, sealing }] as Claims['acts']
      const text = await signStatement({ ...claims, acts }, pair.privateKey, publicKey)
      expect((await readStatement(WORKSPACE, text)).ok, point).toBe(false)
    }
  })

  it('lets in only a device that says so itself, there, by that invitation and with that key', async () => {
    const bob = await newKeys()
    const sealing = toBase64url(fromHex(x25519.vectors[0]!.public))
    const other = toBase64url(fromHex(x25519.vectors[2]!.public))
    const invitation = await thumbprint(publicKey)
    const device = await thumbprint(bob.publicKey)
    const place = { ws: WORKSPACE, invitation }
    const proof = await signJoin(place, sealing, bob.signing, bob.publicKey)
    const saying = async (more: object): Promise<boolean> => {
      const join = { do: 'join', device, sealing, card: null, root: null, proof, ...more }
      const text = await signStatement({ ...claims, acts: [join as never] }, pair.privateKey, publicKey)
      return (await readStatement(WORKSPACE, text)).ok
    }
    expect(await saying({})).toBe(true)
    expect(await saying({ sealing: other })).toBe(false)
    expect(await saying({ proof: await signJoin(place, sealing, pair.privateKey, publicKey) })).toBe(false)
    expect(await saying({ proof: await signJoin(place, sealing, pair.privateKey, bob.publicKey) })).toBe(
      false,
    )
    for (const wrong of [
      { ...place, ws: named('other') },
      { ...place, invitation: named('other') },
    ])
      expect(await saying({ proof: await signJoin(wrong, sealing, bob.signing, bob.publicKey) })).toBe(false)
    const statement = await signStatement(claims, bob.signing, bob.publicKey)
    for (const text of ['', statement]) expect(await saying({ proof: text })).toBe(false)
  })

  it('makes one digest of the same heads', async () => {
    expect(await headsDigest(['b', 'a'])).toBe(await headsDigest(['a', 'b']))
    expect(await headsDigest(['b'])).not.toBe(await headsDigest(['a']))
  })
})
