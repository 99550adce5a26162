import { toBase64url } from '../bytes.ts'
import type { PublicKey } from '../ids.ts'
import { MAX_STATEMENT_BYTES } from '../limits.ts'
import { fail, ok, type Result } from '../result.ts'
import { sha256 } from '../web-crypto.ts'
import { type Claims, isClaims } from './acts.ts'
import { isOwnJoin } from './join-proof.ts'
import { asciiBytes, readSigned, type SigningKey, signText } from './signed-text.ts'

/** A statement about who may do what, whose signature was checked: not yet whether its signer may say so. */
export interface Statement extends Claims {
  /** Thumbprint of the key that signed. */
  readonly signer: string
  /** A compact JWS (RFC 7515, EdDSA) with typ `holdfast-access+jwt` and the signer's `jwk`. */
  readonly text: string
  /** SHA-256 of the text, base64url. */
  readonly hash: string
}

const TYPE = 'holdfast-access+jwt'

const textHash = async (text: string): Promise<string> => toBase64url(await sha256(asciiBytes(text)))

/** Digest of a set of statements, by its heads: equal where two sides have the same. */
export const headsDigest = (heads: readonly string[]): Promise<string> =>
  textHash([...heads].sort().join('.'))

export const signStatement = (claims: Claims, key: SigningKey, publicKey: PublicKey): Promise<string> =>
  signText(TYPE, claims, key, publicKey)

const invalid = (why: string): Result<never> =>
  fail('access-invalid', `What was said about the members was refused: ${why}.`)

/**
 * Checks the signature by the key that the statement itself names, the shape, and that each device that it lets in is
 * willing; not whether its signer may say so. Errors: `access-invalid`.
 */
export const readStatement = async (workspace: string, text: string): Promise<Result<Statement>> => {
  if (text.length > MAX_STATEMENT_BYTES) return invalid('it is too large')
  const signed = await readSigned(TYPE, text)
  if (signed === null) return invalid('its signature or text is wrong')
  const { signer, payload: claims } = signed
  if (!isClaims(claims)) return invalid('a field is missing or wrong')
  if (claims.ws !== workspace) return invalid('it belongs to another workspace')
  for (const act of claims.acts)
    if (act.do === 'join' && !(await isOwnJoin({ ws: workspace, invitation: signer }, act)))
      return invalid('it names a device that did not ask for it')
  return ok({ ...claims, text, signer, hash: await textHash(text) })
}

/** Reads them all, or says what is wrong with the first that is bad. Errors: `access-invalid`. */
export const readStatements = async (
  workspace: string,
  texts: readonly string[],
): Promise<Result<readonly Statement[]>> => {
  const statements: Statement[] = []
  for (const text of texts) {
    const read = await readStatement(workspace, text)
    if (!read.ok) return read
    statements.push(read.value)
  }
  return ok(statements)
}
