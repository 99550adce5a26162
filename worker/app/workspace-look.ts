import type * as Y from 'yjs'
import { type Failure, fail, ok, type Result } from '../../protocol/result.ts'
import { cleanName, FIRST_LOOK, isColour, type WorkspaceLook } from '../../protocol/workspace-look.ts'
import type { OpenDocument } from '../documents/documents.ts'

/** Name and colour of a workspace, which all its members share. */
export interface LookKeeper {
  get(): WorkspaceLook
  /** What somebody has chosen; the rest was never written. */
  chosen(): Partial<WorkspaceLook>
  /** Errors: `no-name`, `bad-colour`, `newer-schema`. */
  set(changes: { readonly name?: string | undefined; readonly colour?: string | undefined }): Result<null>
  onChange(listener: () => void): () => void
}

const NO_NAME = fail('no-name', 'A workspace needs a name. Write at least one letter.')
const BAD_COLOUR = fail(
  'bad-colour',
  'This version of Holdfast does not know that colour. Choose another one.',
)

/**
 * Two keys of a map of their own, in the home document. What is chosen at the same time on two devices comes to one
 * name and one colour by Yjs; nothing is written before somebody chooses.
 */
export const createLook = (home: Pick<OpenDocument, 'doc'>, refusal: () => Failure | null): LookKeeper => {
  const map: Y.Map<unknown> = home.doc.getMap('workspace')

  const chosen = (): Partial<WorkspaceLook> => {
    const written = map.get('name')
    const name = typeof written === 'string' ? cleanName(written) : ''
    const colour = map.get('colour')
    return { ...(name !== '' && { name }), ...(isColour(colour) && { colour }) }
  }

  return {
    get: () => ({ ...FIRST_LOOK, ...chosen() }),
    chosen,
    set: changes => {
      const refused = refusal()
      if (refused) return fail(refused.code, refused.message)
      const { colour } = changes
      const name = changes.name === undefined ? undefined : cleanName(changes.name)
      if (name === '') return NO_NAME
      if (colour !== undefined && !isColour(colour)) return BAD_COLOUR
      home.doc.transact(() => {
        if (name !== undefined && map.get('name') !== name) map.set('name', name)
        if (colour !== undefined && map.get('colour') !== colour) map.set('colour', colour)
      })
      return ok(null)
    },
    onChange: listener => {
      map.observe(listener)
      return () => map.unobserve(listener)
    },
  }
}
