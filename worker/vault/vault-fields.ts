import { isDocumentId } from '../../protocol/ids.ts'
import {
  VAULT_FIELDS,
  VAULT_KINDS,
  type VaultEntryId,
  type VaultField,
  type VaultKind,
} from '../../protocol/vault.ts'

/**
 * What the vault's document holds: one map, `entries`, with flat keys.
 *
 *     <entry>.kind                'password', 'key' or 'note'
 *     <entry>.changed             when it was written last, milliseconds since 1970
 *     <entry>.deleted             when it was deleted; 0 where it was restored
 *     <entry>.erased              the versions that were there when it was erased for good
 *     <entry>.<field>.<version>   one sealed text
 *
 * Each writing of a field has a key of its own, takes away those that it has seen and names them. So two that write at
 * the same time both stay, and a text that is sealed anew can neither take the place of a newer one nor stand beside it.
 */
export const VAULT_MAP = 'entries'

/** When and by which command a field was written: the later, the larger as text. */
export type Version = string

const VERSION = /^[0-9a-z]{9}-[\w-]{21}[AQgw]$/
export const isVersion = (text: string): text is Version => VERSION.test(text)
const TIME_DIGITS = 9

export const makeVersion = (now: number, command: string): Version =>
  `${Math.floor(now).toString(36).padStart(TIME_DIGITS, '0')}-${command}`

/** Milliseconds since 1970. */
export const versionTime = (version: Version): number => Number.parseInt(version.slice(0, TIME_DIGITS), 36)

export const isOfCommand = (version: Version, command: string): boolean =>
  version.slice(TIME_DIGITS + 1) === command

/** Names one sealed text. */
export interface Place {
  readonly entry: VaultEntryId
  readonly field: VaultField
  readonly version: Version
}

/** A text and those that it was written after: whoever brings one of these again brings nothing new. */
export interface Writing extends Place {
  readonly after: readonly Version[]
}

/** Older ones than that nobody brings again. */
const MAX_AFTER = 24

/** What a text is written after that replaces these: they, and what they were written after. */
export const afterAll = (seen: readonly Pick<Writing, 'version' | 'after'>[]): readonly Version[] => {
  const all = new Set([...seen.map(({ version }) => version), ...seen.flatMap(({ after }) => after)])
  return [...all].sort().reverse().slice(0, MAX_AFTER)
}

export const placeKey = ({ entry, field, version }: Place): string => `${entry}.${field}.${version}`

export type Fact = 'kind' | 'changed' | 'deleted' | 'erased'

export const factKey = (entry: VaultEntryId, fact: Fact): string => `${entry}.${fact}`

const FACTS: ReadonlySet<string> = new Set<Fact>(['kind', 'changed', 'deleted', 'erased'])
const FIELDS: ReadonlySet<string> = new Set(VAULT_FIELDS)

export const isEntryId = (value: unknown): value is VaultEntryId => isDocumentId(value)
export const isVaultField = (value: unknown): value is VaultField => FIELDS.has(value as string)
export const isVaultKind = (value: unknown): value is VaultKind =>
  (VAULT_KINDS as readonly unknown[]).includes(value)

export type Parsed = Place | { readonly entry: VaultEntryId; readonly fact: Fact }

/** Takes a key of the map apart; null where it is none of ours. */
export const parseKey = (key: string): Parsed | null => {
  const [entry, name, version, ...more] = key.split('.')
  if (!isEntryId(entry) || name === undefined || more.length > 0) return null
  if (version === undefined) return FACTS.has(name) ? { entry, fact: name as Fact } : null
  return isVaultField(name) && isVersion(version) ? { entry, field: name, version } : null
}
