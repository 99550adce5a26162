import type { PublicKey, WorkspaceId } from '../ids.ts'
import type { Act, InvitationId } from './acts.ts'
import { readSigned, type SigningKey, signText } from './signed-text.ts'

/** Where a device joins, and by what. */
interface Place {
  readonly ws: WorkspaceId
  readonly invitation: InvitationId
}

const TYPE = 'holdfast-join+jwt'

/**
 * A device's own word that it joins, with the key that roots are to be sealed to. Without it, a member could let in a
 * device that is there already by an invitation of theirs, as one that belongs to them and opens with their key.
 */
export const signJoin = (
  { ws, invitation }: Place,
  sealing: string,
  key: SigningKey,
  publicKey: PublicKey,
): Promise<string> => signText(TYPE, { ws, invitation, sealing }, key, publicKey)

/** Whether the device that a statement lets in has said so itself. */
export const isOwnJoin = async (
  place: Place,
  { device, sealing, proof }: Extract<Act, { do: 'join' }>,
): Promise<boolean> => {
  const signed = await readSigned(TYPE, proof)
  if (signed?.signer !== device) return false
  const said = (signed.payload ?? {}) as Record<string, unknown>
  return said.ws === place.ws && said.invitation === place.invitation && said.sealing === sealing
}
