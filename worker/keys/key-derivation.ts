import type { Bytes } from '../../protocol/bytes.ts'
import { concatBytes, fromBase64url } from '../../protocol/bytes.ts'
import { type DocumentId, documentBytes, type WorkspaceId } from '../../protocol/ids.ts'

const ascii = (text: string): Bytes => new TextEncoder().encode(text)

const hkdf = (salt: Bytes, info: Bytes) => ({ name: 'HKDF', hash: 'SHA-256', salt, info })

/** What a key is for: the label that HKDF (RFC 5869) is given, so that no two purposes share a key. */
export type ContentPurpose = 'document' | 'presence' | 'vault'

/** Derives one AES-256-GCM key for each purpose and document from the root of an epoch; none can be taken out. */
export const createContentKeys = async (workspace: WorkspaceId, root: Bytes) => {
  const base = await crypto.subtle.importKey('raw', root, 'HKDF', false, ['deriveKey'])
  const salt = fromBase64url(workspace)
  const keys = new Map<string, Promise<CryptoKey>>()
  return (purpose: ContentPurpose, document: DocumentId): Promise<CryptoKey> => {
    const name = `${purpose} ${document}`
    let key = keys.get(name)
    if (!key) {
      const info = concatBytes(ascii(`holdfast ${purpose}`), documentBytes(document))
      const algorithm = { name: 'AES-GCM', length: 256 }
      key = crypto.subtle.deriveKey(hkdf(salt, info), base, algorithm, false, ['encrypt', 'decrypt'])
      keys.set(name, key)
    }
    return key
  }
}

export type ContentKeys = Awaited<ReturnType<typeof createContentKeys>>

/** 32 bytes for one purpose out of a seed of 32 bytes (HKDF-SHA-256 without salt). */
export const deriveSeed = async (seed: Bytes, purpose: string): Promise<Bytes> => {
  const base = await crypto.subtle.importKey('raw', seed, 'HKDF', false, ['deriveBits'])
  const info = ascii(`holdfast ${purpose}`)
  return new Uint8Array(await crypto.subtle.deriveBits(hkdf(new Uint8Array(0), info), base, 256))
}
