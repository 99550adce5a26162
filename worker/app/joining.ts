import type { Bytes } from '../../protocol/bytes.ts'
import { isWorkspaceId, type WorkspaceId } from '../../protocol/ids.ts'
import { parseInvitation } from '../../protocol/invitation-link.ts'
import type { InvitationSource } from '../../protocol/people.ts'
import { fail, ok, type Result } from '../../protocol/result.ts'
import { PHRASE_WORDS, phraseSeed, readPhrase } from '../keys/phrase.ts'
import { KEY_WORDS, loadWords, splitWords, wordsToId, wordsToKey } from '../keys/words.ts'
import { bring } from '../notes/bring.ts'
import { sealedRelay } from '../storage/stored-relay.ts'
import type { PeopleCommands } from '../tabs/run-people.ts'
import { cardText, createNameReader } from '../workspace/cards.ts'
import { acceptInvitation, findInvitation, type InvitationDeps } from '../workspace/invitation.ts'
import { createKeyring } from '../workspace/keyring.ts'
import type { Farewells } from './farewells.ts'
import type { ForgetWorkspace } from './forget-workspace.ts'
import { relayOrigin } from './relay-address.ts'
import type { Session, SessionDeps } from './session.ts'
import type { Sessions } from './sessions.ts'
import type { Workspaces } from './workspaces.ts'

interface Deps extends Pick<SessionDeps, 'device' | 'store' | 'clock' | 'fetch'> {
  readonly workspaces: Workspaces
  readonly sessions: Sessions
  readonly forget: ForgetWorkspace['forget']
  readonly farewells: Pick<Farewells, 'forget'>
}

const BAD_WORKSPACE = fail(
  'bad-workspace',
  'This is not the id of a workspace. It has 43 letters and digits, or 24 words.',
)
const WRONG_WORDS = fail(
  'invitation-ended',
  'No invitation fits these words. One of them may be wrong, or the invitation has run out, was used, or was taken back.',
)

/** An id as it was copied, or read out as words. Errors: `bad-workspace`, `bad-words`. */
const readWorkspace = async (text: string): Promise<Result<WorkspaceId>> => {
  const id = text.replace(/\s+/g, '')
  if (isWorkspaceId(id)) return ok(id)
  const typed = splitWords(text)
  return typed.length === KEY_WORDS ? wordsToId(typed, await loadWords()) : BAD_WORKSPACE
}

/** Errors: `bad-words`. */
const readSecret = async (text: string, workspace: WorkspaceId): Promise<Result<Bytes>> => {
  const typed = splitWords(text)
  const words = await loadWords()
  if (typed.length === KEY_WORDS) return wordsToKey(typed, words)
  if (typed.length !== PHRASE_WORDS)
    return fail(
      'bad-words',
      `A phrase has ${PHRASE_WORDS} words, and a recovery key ${KEY_WORDS}; these are ${typed.length}.`,
    )
  const phrase = readPhrase(typed, words)
  return phrase.ok ? ok(await phraseSeed(phrase.value, workspace)) : phrase
}

type Invited = Pick<InvitationDeps, 'workspace' | 'seed' | 'relay'>

/** What somebody was given, in whatever form. Errors: `bad-link`, `bad-relay`, `bad-workspace`, `bad-words`. */
export const readSource = async (source: InvitationSource): Promise<Result<Invited>> => {
  if ('link' in source) {
    const link = parseInvitation(source.link)
    if (!link.ok) return link
    const relay = relayOrigin(link.value.relay)
    return relay.ok
      ? ok({ workspace: link.value.workspace, seed: new Uint8Array(link.value.seed), relay: relay.value })
      : relay
  }
  const workspace = await readWorkspace(source.workspace)
  if (!workspace.ok) return workspace
  const relay = relayOrigin(source.relay)
  if (!relay.ok) return relay
  const seed = await readSecret(source.phrase, workspace.value)
  return seed.ok ? ok({ workspace: workspace.value, seed: seed.value, relay: relay.value }) : seed
}

const unlessMistyped = <T>(source: InvitationSource, found: Result<T>): Result<T> =>
  !found.ok && found.error.code === 'invitation-ended' && 'phrase' in source ? WRONG_WORDS : found

/** Coming to a workspace: whoever was invited sees first whom and what they join. */
export const createJoining = (deps: Deps): Pick<PeopleCommands, 'look' | 'join'> => {
  const { device, store, clock, workspaces } = deps

  /** Errors: those of `readSource` and `findInvitation`. */
  const find = async (source: InvitationSource) => {
    const invited = await readSource(source)
    if (!invited.ok) return invited
    const { createRelayHttp } = await import('../sync/entry.ts')
    const { relay, workspace } = invited.value
    const invitation: InvitationDeps = {
      ...invited.value,
      clock,
      access: createRelayHttp(relay, workspace, deps.fetch),
    }
    const found = unlessMistyped(source, await findInvitation(invitation))
    if (!found.ok) return found
    const { access, keys } = found.value
    const keyring = createKeyring({ device: keys.id, opening: keys.opening })
    await keyring.update(access)
    const names = await createNameReader(keyring)(access)
    return ok({ invitation, found: found.value, terms: access.invitations.get(keys.id)!, names })
  }

  /** Asked when another workspace is shown, so that nobody makes a note in it meanwhile. */
  const isUntouched = async (id: WorkspaceId): Promise<boolean> => {
    const held = await deps.sessions.acquire(id)
    if (!held.ok) return false
    const untouched = held.value.session.isUntouched()
    await held.value.release()
    return untouched
  }

  const bringNotes = async (from: Session, into: Session): Promise<Result<number>> => {
    await from.notes.flush()
    return bring(
      { documents: from.documents, home: from.notes.home },
      { documents: into.documents, home: into.notes.home },
    )
  }

  return {
    look: async source => {
      const looked = await find(source)
      if (!looked.ok) return looked
      const { invitation, found, terms, names } = looked.value
      return ok({
        workspace: invitation.workspace,
        workspaceName: found.card?.workspace ?? '',
        from: found.card?.from ?? '',
        role: terms.role,
        person: terms.person === null ? null : names.person(terms.person),
        isRecovery: terms.exp === null,
        members: [...found.access.roles.keys()].map(names.person),
        alreadyMember: found.access.devices.has(device.device),
        relay: invitation.relay,
      })
    },
    /** Errors: those of `look`, and `busy`. The workspace that is shown stays then, and a `busy` one may try again. */
    join: async (source, name, withNotes) => {
      const looked = await find(source)
      if (!looked.ok) return looked
      const { invitation, found, terms, names } = looked.value
      const { workspace: id } = invitation
      const before = workspaces.current()
      // Before it is accepted: an invitation for one is used up by that.
      const may = before.workspace.id === id ? ok(null) : workspaces.mayShow()
      if (!may.ok) return may
      await deps.farewells.forget(id)
      const own = terms.person !== null && names.isNamed(terms.person) ? names.person(terms.person) : null
      const person = terms.person === null ? name.person : (own ?? '')
      const card = cardText({ person, device: name.device })
      const accepted = unlessMistyped(source, await acceptInvitation({ ...invitation, device, name: card }))
      if (!accepted.ok) return accepted
      const statements = accepted.value

      const relay = sealedRelay(invitation.relay) // the others are named in the statements
      /** Where the workspace is on this device already: it was taken out, or its sync is off. */
      const takeUp = async (session: Session): Promise<Result<null>> => {
        const heard = await session.workspace.hear(statements)
        if (!heard.ok) return heard
        const isUsed = session.workspace.relays().some(({ origin }) => origin === relay.origin)
        if (!isUsed) await session.relays.add(relay)
        return ok(null)
      }

      if (before.workspace.id === id) {
        const taken = await takeUp(before)
        before.sync()?.retry() // it was refused here
        return taken.ok ? ok({ notesBrought: 0 }) : taken
      }
      if (!(await store.workspace(id))) {
        const called = found.card?.workspace ? { name: found.card.workspace } : {}
        await store.setWorkspace({ id, statements, relays: [relay], ...called })
      }
      const wasRelayed = await store.wasRelayed(before.workspace.id)
      let notesBrought = 0
      const shown = await workspaces.show(id, async session => {
        const taken = await takeUp(session)
        // Readers bring nothing: nobody would ever see it.
        if (!taken.ok || !withNotes || !session.workspace.mayWrite()) return taken
        const brought = await bringNotes(before, session)
        if (!brought.ok) return brought
        // What is in a vault is for whoever has it, never for others.
        if (terms.person !== null) await before.vault.giveTo(session.vault)
        await session.flush()
        notesBrought = brought.value
        return ok(null)
      })
      // A device that was new has nothing else: nobody would know what to do with an empty workspace beside this one.
      if (shown.ok && !wasRelayed && (await isUntouched(before.workspace.id)))
        await deps.forget(before.workspace.id)
      await workspaces.refresh() // where it could not be shown now, it can be later
      return shown.ok ? ok({ notesBrought }) : shown
    },
  }
}
