import { decodeProtectedHeader, importJWK, jwtVerify, SignJWT } from 'jose'
import { appointedBy } from './courier.ts'
import { isPublicKey, isWorkspaceId, type PublicKey, thumbprint, type WorkspaceId } from './ids.ts'
import { isSoundJws } from './jws.ts'
import { CLOCK_TOLERANCE_SECONDS, MAX_TOKEN_BYTES, MAX_TOKEN_SECONDS } from './limits.ts'
import { fail, ok, type Result } from './result.ts'

/**
 * `join` reads what is said about members only; an invitation's key signs such tokens. `admin` is for owners. `deliver`
 * appends envelopes over HTTP, and is all that a courier can have.
 */
export type Scope = 'read' | 'write' | 'join' | 'admin' | 'deliver'

const SCOPES: readonly Scope[] = ['read', 'write', 'join', 'admin', 'deliver']

/** What a device shows a relay: a JWS by the device with typ `holdfast-token+jwt` and the signer's `jwk`. */
export interface Token {
  readonly ws: WorkspaceId
  readonly scopes: readonly Scope[]
  /** The largest `gen` of the statements about members that the device knows. */
  readonly gen: number
  /** Thumbprint of the key that signed, or for which a courier did: a device's or an invitation's id. */
  readonly signer: string
  /** Seconds since 1970. */
  readonly exp: number
}

const TOKEN_TYPE = 'holdfast-token+jwt'

export interface TokenRequest {
  readonly workspace: WorkspaceId
  /** Origin of the relay, for example `https://relay.example`. */
  readonly audience: string
  readonly scopes: readonly Scope[]
  readonly generation: number
  /** Seconds since 1970. */
  readonly now: number
}

type SigningKey = Parameters<SignJWT['sign']>[0]

/** `by`: what appointed the key as a courier, where it is one. */
export const signToken = (
  request: TokenRequest,
  key: SigningKey,
  publicKey: PublicKey,
  by?: string,
): Promise<string> =>
  new SignJWT({ ws: request.workspace, scope: request.scopes.join(' '), gen: request.generation })
    .setProtectedHeader({
      alg: 'EdDSA',
      typ: TOKEN_TYPE,
      jwk: { ...publicKey },
      ...(by !== undefined && { by }),
    })
    .setAudience(request.audience)
    .setIssuedAt(request.now)
    .setExpirationTime(request.now + MAX_TOKEN_SECONDS)
    .sign(key)

const invalid = (why: string): Result<never> => fail('token-invalid', `The token was refused: ${why}.`)

/**
 * Checks everything that the token says of itself; whether its signer is a member is for the statements to say.
 * Errors: `token-invalid`; `token-expired` and `token-early`, where the two clocks do not agree.
 */
export const checkToken = async (
  text: string,
  expected: { readonly workspace: WorkspaceId; readonly audiences: readonly string[]; readonly now: number },
): Promise<Result<Token>> => {
  if (text.length > MAX_TOKEN_BYTES) return invalid('it is too long')
  if (!isSoundJws(text)) return invalid('it is not written as it should be')
  try {
    const { jwk, by } = decodeProtectedHeader(text) as { jwk?: unknown; by?: unknown }
    if (!isPublicKey(jwk)) return invalid('it names no key')
    const key = { kty: jwk.kty, crv: jwk.crv, x: jwk.x }
    const { payload } = await jwtVerify(text, await importJWK(key, 'EdDSA'), {
      algorithms: ['EdDSA'],
      typ: TOKEN_TYPE,
      audience: [...expected.audiences],
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      currentDate: new Date(expected.now * 1000),
      requiredClaims: ['ws', 'aud', 'scope', 'gen', 'iat', 'exp'],
    })
    const { ws, scope, gen, iat = 0, exp = 0 } = payload
    const scopes = typeof scope === 'string' ? scope.split(' ') : []
    if (!isWorkspaceId(ws) || ws !== expected.workspace) return invalid('it is for another workspace')
    if (Array.isArray(payload.aud)) return invalid('it names more than one audience')
    if (!scopes.every((name): name is Scope => SCOPES.includes(name as Scope)))
      return invalid('its scope is unknown')
    if (!Number.isSafeInteger(gen) || (gen as number) < 0) return invalid('its generation is missing')
    if (exp - iat > MAX_TOKEN_SECONDS) return invalid('it lasts too long')
    if (iat > expected.now + CLOCK_TOLERANCE_SECONDS)
      return fail('token-early', 'The token was made in the future. Check the clock of this device.')
    const own = await thumbprint(key)
    const signer = by === undefined ? own : await appointedBy(by, own)
    if (signer === null) return invalid('its courier was not appointed')
    if (by !== undefined && scopes.some(name => name !== 'deliver'))
      return invalid('a courier can do nothing but deliver')
    return ok({ ws, scopes, gen: gen as number, signer, exp })
  } catch (error) {
    return (error as { code?: string }).code === 'ERR_JWT_EXPIRED'
      ? fail('token-expired', 'The token has run out. Check the clock of this device.')
      : invalid('its signature or a claim is wrong')
  }
}
