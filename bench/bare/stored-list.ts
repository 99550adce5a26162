import { openDB } from 'idb'

interface Row {
  readonly id: string
  readonly title: string
  readonly excerpt: string
}

interface Sealed {
  readonly key: CryptoKey
  readonly nonce: Uint8Array<ArrayBuffer>
  readonly content: ArrayBuffer
}

const EXCERPT_LENGTH = 160
const database = openDB('list', 1, { upgrade: fresh => void fresh.createObjectStore('list') })

export const openList = async (sealed: boolean): Promise<readonly Row[]> => {
  const kept: unknown = await (await database).get('list', 'list')
  if (kept === undefined) return []
  if (!sealed) return kept as readonly Row[]
  const { key, nonce, content } = kept as Sealed
  const plain = await crypto.subtle.decrypt({ name: 'AES-GCM', iv: nonce }, key, content)
  return JSON.parse(new TextDecoder().decode(plain)) as readonly Row[]
}

/** Adds these notes to the list. */
export const storeList =
  (sealed: boolean) =>
  async (notes: readonly { readonly id: string; readonly text: string }[]): Promise<void> => {
    const added = notes.map(({ id, text }): Row => {
      const [title = '', ...others] = text.split('\n')
      return { id, title, excerpt: others.join(' ').slice(0, EXCERPT_LENGTH) }
    })
    const rows = [...(await openList(sealed)), ...added]
    if (!sealed) return void (await (await database).put('list', rows, 'list'))
    const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, [
      'encrypt',
      'decrypt',
    ])
    const nonce = crypto.getRandomValues(new Uint8Array(12))
    const plain = new TextEncoder().encode(JSON.stringify(rows))
    const content = await crypto.subtle.encrypt({ name: 'AES-GCM', iv: nonce }, key, plain)
    await (await database).put('list', { key, nonce, content } satisfies Sealed, 'list')
  }
