import type { NamedRelayId } from '../../protocol/ids.ts'

/** A server by which a workspace comes to other devices, as this device knows it. */
export interface StoredRelay {
  /** Origin, for example `http://localhost:4321`; a trusted server's may have a path. */
  readonly origin: string
  /** sealed: a relay of Holdfast, which cannot read. trusted: a plain Yjs server, which reads everything. */
  readonly kind: 'sealed' | 'trusted'
  readonly operatorCode: string | null
  /** When it last had everything, milliseconds since 1970. */
  readonly syncedAt: number | null
  /** As what the workspace named it for all devices, as far as this one has heard; without it, it is used by this device alone. */
  readonly named?: NamedRelayId
}

export const sealedRelay = (origin: string, operatorCode: string | null = null): StoredRelay => ({
  origin,
  kind: 'sealed',
  operatorCode,
  syncedAt: null,
})

export const isSealed = ({ kind }: StoredRelay): boolean => kind === 'sealed'

/** Where the workspace's own relays are, without the trusted servers. */
export const sealedOrigins = (relays: readonly StoredRelay[]): readonly string[] =>
  relays.filter(isSealed).map(({ origin }) => origin)

/** Those that confirm what they have; where there is none of them, what was handed over is all that can be known. */
export const confirmingAmong = <R extends { readonly relay: StoredRelay }>(
  all: readonly R[],
): readonly R[] => {
  const sealed = all.filter(({ relay }) => isSealed(relay))
  return sealed.length > 0 ? sealed : all
}

/** These, and of the others those that are not among them. */
export const withRelays = (
  relays: readonly StoredRelay[],
  more: readonly StoredRelay[],
): readonly StoredRelay[] => {
  const known = new Set(relays.map(({ origin }) => origin))
  return [...relays, ...more.filter(({ origin }) => !known.has(origin))]
}

/** `address` may have a path. */
export const trustedServer = (address: string): StoredRelay => ({ ...sealedRelay(address), kind: 'trusted' })
