import * as Y from 'yjs'

/** Parts of clients' counts: `[from, to)`, sorted, apart from each other. */
type Ranges = ReadonlyMap<number, readonly (readonly [from: number, to: number])[]>

/** What a Yjs update holds, by the names that Yjs gives: which structs, and which of all structs it deletes. */
export interface UpdateContent {
  readonly structs: Ranges
  readonly deletes: Ranges
}

export const NO_CONTENT: UpdateContent = { structs: new Map(), deletes: new Map() }

const ranges = (parts: readonly (readonly [client: number, from: number, to: number])[]): Ranges => {
  const byClient = new Map<number, [number, number][]>()
  for (const [client, from, to] of [...parts].sort((a, b) => a[1] - b[1])) {
    const known = byClient.get(client) ?? []
    const last = known.at(-1)
    if (last && from <= last[1]) last[1] = Math.max(last[1], to)
    else known.push([from, to])
    byClient.set(client, known)
  }
  return byClient
}

const partsOf = (from: Ranges): [number, number, number][] =>
  [...from].flatMap(([client, all]) =>
    all.map(([begin, end]): [number, number, number] => [client, begin, end]),
  )

const without = (all: Ranges, gone: Ranges): Ranges =>
  ranges(
    partsOf(all).flatMap(([client, begin, end]) => {
      const left: [number, number, number][] = []
      let at = begin
      for (const [from, to] of gone.get(client) ?? []) {
        if (to <= at || from >= end) continue
        if (from > at) left.push([client, at, from])
        at = Math.max(at, to)
      }
      if (at < end) left.push([client, at, end])
      return left
    }),
  )

const contentIn = ({ structs, ds }: ReturnType<typeof Y.decodeUpdate>): UpdateContent => {
  return {
    structs: ranges(
      structs
        // It stands for what an update leaves out.
        .filter(struct => !(struct instanceof Y.Skip))
        .map(({ id, length }) => [id.client, id.clock, id.clock + length]),
    ),
    deletes: ranges(
      [...ds.clients].flatMap(([client, items]) =>
        items.map(({ clock, len }): [number, number, number] => [client, clock, clock + len]),
      ),
    ),
  }
}

export const contentOf = (update: Uint8Array): UpdateContent => contentIn(Y.decodeUpdate(update))

/** What is here and waits for content that has not come. */
export const pendingContent = ({ store }: Y.Doc): UpdateContent =>
  joined(
    ...[store.pendingStructs?.update, store.pendingDs]
      .filter(update => update != null)
      .map(update => contentIn(Y.decodeUpdateV2(update))),
  )

export const joined = (...contents: readonly UpdateContent[]): UpdateContent => ({
  structs: ranges(contents.flatMap(({ structs }) => partsOf(structs))),
  deletes: ranges(contents.flatMap(({ deletes }) => partsOf(deletes))),
})

export const contentWithout = (content: UpdateContent, gone: UpdateContent): UpdateContent => ({
  structs: without(content.structs, gone.structs),
  deletes: without(content.deletes, gone.deletes),
})

export const isEmptyContent = ({ structs, deletes }: UpdateContent): boolean =>
  structs.size === 0 && deletes.size === 0
