/** A server by which a workspace comes to other devices, as this device knows it. */
export interface StoredRelay {
  /** Origin, for example `http://localhost:4321`; a trusted server's may have a path. */
  readonly origin: string
  /** sealed: a relay of Holdfast, which cannot read. trusted: a plain Yjs server, which reads everything. */
  readonly kind: 'sealed' | 'trusted'
  readonly operatorCode: string | null
  /** When it last had everything, milliseconds since 1970. */
  readonly syncedAt: number | null
}

export const sealedRelay = (origin: string, operatorCode: string | null = null): StoredRelay => ({
  origin,
  kind: 'sealed',
  operatorCode,
  syncedAt: null,
})

/** How a workspace was stored when it could have one relay only. */
interface WithOneRelay {
  readonly relay?: Omit<StoredRelay, 'kind'> | null
}

/** The relays of a workspace as it was found on the disk, in whatever form. */
export const relaysOf = (
  found: { readonly relays?: readonly StoredRelay[] } & WithOneRelay,
): StoredRelay[] =>
  found.relays ? [...found.relays] : found.relay ? [{ ...found.relay, kind: 'sealed' }] : []
