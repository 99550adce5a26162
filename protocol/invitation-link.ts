import { fromBase64url, toBase64url } from './bytes.ts'
import { isWorkspaceId, type WorkspaceId } from './ids.ts'
import { fail, ok, type Result } from './result.ts'

/**
 * `https://app.example/#join=<workspace>.<seed>.<relay>`: the fragment never reaches a server. The seed (32 bytes,
 * base64url) makes the invitation's keys; the relay's origin is base64url of its ASCII text.
 */
export interface InvitationLink {
  readonly workspace: WorkspaceId
  readonly seed: Uint8Array
  /** Origin of the relay. */
  readonly relay: string
}

export const INVITATION_FRAGMENT = '#join='
const SEED_BYTES = 32

export const formatInvitation = (app: string, link: InvitationLink): string => {
  const relay = toBase64url(Uint8Array.from(link.relay, letter => letter.charCodeAt(0)))
  return `${app}/${INVITATION_FRAGMENT}${link.workspace}.${toBase64url(link.seed)}.${relay}`
}

/** Accepts a whole link or its fragment. Errors: `bad-link`. */
export const parseInvitation = (text: string): Result<InvitationLink> => {
  const bad = fail('bad-link', 'This is not an invitation link of Holdfast, or a part of it is missing.')
  const [workspace, seedText, relayText, ...rest] =
    text.trim().split(INVITATION_FRAGMENT)[1]?.split('.') ?? []
  if (!isWorkspaceId(workspace) || !seedText || !relayText || rest.length > 0) return bad
  try {
    const seed = fromBase64url(seedText)
    const relay = fromBase64url(relayText).reduce((address, byte) => address + String.fromCharCode(byte), '')
    if (seed.length !== SEED_BYTES || !/^https?:\/\/[^/?#@\s]+$/.test(relay)) return bad
    return ok({ workspace, seed, relay })
  } catch {
    return bad
  }
}
