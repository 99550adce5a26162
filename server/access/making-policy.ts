import { createHash, timingSafeEqual } from 'node:crypto'
import { type Answer, refuse } from '../refusal.ts'

/** Who may make a workspace: everybody, those who know the operator's code, those whom the operator listed, or nobody. */
export type MakingPolicy =
  | { readonly kind: 'open' }
  | { readonly kind: 'code'; readonly code: string }
  /** Whatever is not listed is not served at all, so that here nothing is left to ask. */
  | { readonly kind: 'listed' }
  | { readonly kind: 'closed' }

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

export const mayMake = (policy: MakingPolicy, code: string | null): Answer<null> => {
  switch (policy.kind) {
    case 'open':
    case 'listed':
      return { ok: true, value: null }
    case 'code':
      // Digests of equal length, so that the time taken tells nothing about the code.
      return code !== null && timingSafeEqual(digest(code), digest(policy.code))
        ? { ok: true, value: null }
        : refuse(
            'operator-code',
            code === null
              ? 'This relay asks for a code before it takes a new workspace. Ask whoever runs it.'
              : 'The code for this relay is not right. Ask whoever runs it.',
          )
    case 'closed':
      return refuse(
        'operator-code',
        'This relay takes no new workspaces, because whoever runs it has not set a code for that yet.',
      )
  }
}
