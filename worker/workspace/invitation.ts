import type { Act } from '../../protocol/access/acts.ts'
import { signJoin } from '../../protocol/access/join-proof.ts'
import { type Access, judgeWithin } from '../../protocol/access/judge.ts'
import { readStatements, type Statement } from '../../protocol/access/statement.ts'
import { workUpTo } from '../../protocol/access/work.ts'
import type { Bytes } from '../../protocol/bytes.ts'
import type { DeviceKeys } from '../../protocol/device-database.ts'
import type { WorkspaceId } from '../../protocol/ids.ts'
import { fail, ok, type Result } from '../../protocol/result.ts'
import { signToken } from '../../protocol/token.ts'
import { type InvitationKeys, invitationKeys } from '../keys/invitation-keys.ts'
import { openCard, openRoot, rootCheck, sealCard, sealRoot } from '../keys/sealed-root.ts'
import type { Clock } from '../platform/clock.ts'
import type { AccessHttp } from '../sync/relay/relay-http.ts'
import { groundOf } from './ground.ts'
import { createKeyring } from './keyring.ts'
import { type InvitationTerms, inviting, nextStatement } from './statements.ts'
import { KEYS_MISSING, MOST_STEPS, TOO_TANGLED, type Workspace } from './workspace.ts'

export const SEED_BYTES = 32

/** What an invitation tells whoever opens it, before they accept. */
export interface InvitationCard {
  /** Name of the workspace. */
  readonly workspace: string
  /** Who invites. */
  readonly from: string
}

/** Says that whoever has the seed may come. Errors: `access-denied`, `keys-missing`. */
export const sayInvitation = async (
  workspace: Workspace,
  device: DeviceKeys<CryptoKey>,
  seed: Bytes,
  terms: Omit<InvitationTerms, 'card'> & { readonly card: InvitationCard },
): Promise<Result<{ readonly id: string }>> => {
  const keys = await invitationKeys(seed)
  const said = await workspace.say(async access => {
    const root = workspace.keyring.root(access.epoch)
    if (root === null) return []
    const card = await sealCard(access.epoch, root, JSON.stringify(terms.card))
    return inviting(access, device, keys, { ...terms, card }, root)
  })
  if (!said.ok) return workspace.hasRoot() ? said : KEYS_MISSING
  return ok({ id: keys.id })
}

/** An invitation as it stands at a relay. */
export interface FoundInvitation {
  readonly keys: InvitationKeys
  readonly access: Access
  readonly statements: readonly Statement[]
  readonly card: InvitationCard | null
  /** The newest root that it opens, with its epoch. */
  readonly epoch: number
  readonly root: Bytes
}

const ENDED = fail(
  'invitation-ended',
  'This invitation has run out, was used, or was taken back. Ask for a new one.',
)

export interface InvitationDeps {
  readonly workspace: WorkspaceId
  readonly seed: Bytes
  /** Origin of the relay. */
  readonly relay: string
  readonly clock: Pick<Clock, 'now'>
  readonly access: AccessHttp
}

const asCard = (text: string | null): InvitationCard | null => {
  try {
    const { workspace, from } = JSON.parse(text ?? '') as Record<string, unknown>
    return typeof workspace === 'string' && typeof from === 'string' ? { workspace, from } : null
  } catch {
    return null
  }
}

/** The newest epoch whose root the invitation opens: where keys were changed just now, it may be the one before. */
const openNewest = async (
  access: Access,
  keys: InvitationKeys,
): Promise<{ readonly epoch: number; readonly root: Bytes } | null> => {
  const others = [...access.epochs.keys()].filter(epoch => epoch !== access.epoch).reverse()
  for (const epoch of [access.epoch, ...others])
    for (const copy of access.epochs.get(epoch)?.roots.get(keys.id) ?? []) {
      const root = await openRoot(copy, keys.opening)
      if (root.ok && (await rootCheck(root.value)) === access.epochs.get(epoch)!.check)
        return { epoch, root: root.value }
    }
  return null
}

/** Looks an invitation up. Errors: `invitation-ended`, `access-invalid`, a `RefusalCode`, `unreachable`. */
export const findInvitation = async (deps: InvitationDeps): Promise<Result<FoundInvitation>> => {
  const keys = await invitationKeys(deps.seed)
  const request = {
    workspace: deps.workspace,
    audience: deps.relay,
    scopes: ['join'],
    generation: 0,
    now: Math.floor(deps.clock.now() / 1000),
  } as const
  const texts = await deps.access.readAccess(await signToken(request, keys.signing, keys.publicKey))
  if (!texts.ok) return texts.error.code === 'not-a-member' ? ENDED : texts
  const statements = await readStatements(deps.workspace, texts.value)
  if (!statements.ok) return statements
  const access = judgeWithin(workUpTo(MOST_STEPS), deps.workspace, statements.value)
  if (access === null) return TOO_TANGLED
  const invitation = access.invitations.get(keys.id)
  const isOver = invitation?.exp != null && invitation.exp * 1000 < deps.clock.now()
  if (!invitation || isOver || access.ended) return ENDED
  const opened = await openNewest(access, keys)
  if (opened === null)
    return fail('root-unreadable', 'This invitation does not hold the key of the workspace.')
  const keyring = createKeyring({ device: keys.id, opening: keys.opening })
  await keyring.update(access)
  const card = invitation.card && (await openCard(invitation.card, keyring.root))
  const standing = statements.value.filter(({ hash }) => access.standing.has(hash))
  return ok({ keys, access, statements: standing, card: asCard(card), ...opened })
}

/**
 * Accepts an invitation under a name that members see; resolves with what is known of the members then. A device that
 * is a member already changes nothing. Errors as for `findInvitation`.
 */
export const acceptInvitation = async (
  deps: InvitationDeps & { readonly device: DeviceKeys<CryptoKey>; readonly name: string },
): Promise<Result<readonly string[]>> => {
  const { device } = deps
  const found = await findInvitation(deps)
  if (!found.ok) return found
  const { access, keys, epoch, root, statements } = found.value
  const texts = statements.map(({ text }) => text)
  if (access.devices.has(device.device)) return ok(texts)
  const place = { ws: deps.workspace, invitation: keys.id }
  const join: Act = {
    do: 'join',
    device: device.device,
    sealing: device.sealing,
    card: await sealCard(epoch, root, deps.name),
    proof: await signJoin(place, device.sealing, device.signing, device.publicKey),
    root: { epoch, sealed: await sealRoot(root, device.sealing) },
  }
  const said = await nextStatement(
    deps.workspace,
    groundOf(access, statements, keys.id),
    [join],
    keys,
    deps.clock.now(),
  )
  const written = await deps.access.writeAccess(said, null)
  // Somebody else used it up, or took it back, in this very moment.
  if (!written.ok) return written.error.code === 'access-invalid' ? ENDED : written
  return ok([...texts, said])
}
