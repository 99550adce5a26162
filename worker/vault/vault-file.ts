import { fail, ok, type Result } from '../../protocol/result.ts'
import { MAX_VAULT_TEXT, VAULT_FIELDS, type VaultKind, type VaultTexts } from '../../protocol/vault.ts'
import { isVaultKind } from './vault-fields.ts'

/** One entry in plain, as it stands in a file. */
export interface PlainEntry {
  readonly kind: VaultKind
  readonly fields: VaultTexts
  /** Milliseconds since 1970. */
  readonly changed: number
}

/** What a file of an exported vault says it is; the number is that of its form. */
const FORMAT = 'holdfast-vault'
const FORM = 1

export const formatVaultFile = (entries: readonly PlainEntry[], now: number): string => {
  const written = entries.map(({ kind, fields, changed }) => ({
    kind,
    ...fields,
    changed: new Date(changed).toISOString(),
  }))
  const file = { format: FORMAT, version: FORM, exported: new Date(now).toISOString(), entries: written }
  return `${JSON.stringify(file, null, 2)}\n`
}

const NOT_A_VAULT = fail(
  'not-a-vault',
  'This is not a file of an exported vault, or it was cut short. Nothing was imported.',
)

const record = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

const readEntry = (value: unknown): PlainEntry | null => {
  const { kind, changed, ...others } = record(value)
  if (!isVaultKind(kind)) return null
  const fields: Partial<Record<(typeof VAULT_FIELDS)[number], string>> = {}
  for (const field of VAULT_FIELDS) {
    const text = others[field] ?? ''
    if (typeof text !== 'string' || text.length > MAX_VAULT_TEXT) return null
    if (text !== '') fields[field] = text
  }
  const time = typeof changed === 'string' ? Date.parse(changed) : Number.NaN
  return Object.keys(fields).length === 0 ? null : { kind, fields, changed: Number.isFinite(time) ? time : 0 }
}

/** All of it or nothing. Errors: `not-a-vault`. */
export const parseVaultFile = (text: string): Result<readonly PlainEntry[]> => {
  const { format, version, entries } = record(parseJson(text.replace(/^\uFEFF/, '')))
  if (format !== FORMAT || version !== FORM || !Array.isArray(entries)) return NOT_A_VAULT
  const read = entries.map(readEntry)
  return read.every(entry => entry !== null) ? ok(read) : NOT_A_VAULT
}

/** The same for two entries that say the same. */
export const contentOf = ({ kind, fields }: PlainEntry): string =>
  JSON.stringify([kind, ...VAULT_FIELDS.map(field => fields[field] ?? '')])
