import { fail, ok, type Result } from '../../protocol/result.ts'
import { VAULT_FIELDS, type VaultIntent, type VaultOutcomes, type VaultTexts } from '../../protocol/vault.ts'
import type { Clock } from '../platform/clock.ts'
import type { Random } from '../platform/random.ts'
import type { Vault } from './vault.ts'
import { isEntryId, isVaultField, isVaultKind } from './vault-fields.ts'
import { exportVault, importVault } from './vault-transfer.ts'

interface Deps {
  readonly vault: Vault
  readonly clock: Pick<Clock, 'now'>
  readonly random: Random
}

const UNKNOWN = fail('unknown-command', 'This tab asked for something that is not known here. Reload it.')

const areTexts = (value: unknown): value is VaultTexts =>
  typeof value === 'object' &&
  value !== null &&
  VAULT_FIELDS.every(field => ['string', 'undefined'].includes(typeof Reflect.get(value, field)))

/** Does what a tab asks of the vault that is shown. `command` is the id of the command. */
export const runVaultCommand = async (
  { vault, clock, random }: Deps,
  intent: VaultIntent,
  command: string,
): Promise<Result<VaultOutcomes[keyof VaultOutcomes]>> => {
  switch (intent.type) {
    case 'vault-save': {
      const { entry, kind, fields } = intent
      const isFit = (entry === undefined || isEntryId(entry)) && (kind === undefined || isVaultKind(kind))
      if (!isFit || !areTexts(fields) || !isEntryId(command)) return UNKNOWN
      return vault.save(intent, command)
    }
    case 'vault-reveal':
      return isVaultField(intent.field) ? vault.reveal(intent.entry, intent.field) : UNKNOWN
    case 'vault-delete':
      return vault.remove(intent.entry)
    case 'vault-restore':
      return vault.restore(intent.entry)
    case 'vault-erase': {
      const erased = await vault.erase(intent.entry)
      // Whoever asks again, or asked in another tab, wanted just that.
      return !erased.ok && erased.error.code === 'no-entry' ? ok(null) : erased
    }
    case 'vault-export':
      return exportVault(vault, clock.now())
    case 'vault-import': {
      if (typeof intent.text !== 'string') return UNKNOWN
      return importVault(vault, intent.text, { random, now: clock.now() })
    }
    default:
      return unknown(intent)
  }
}

/** The parameter's type fails to compile when an intent is forgotten above. */
const unknown = (_intent: never): Result<never> => UNKNOWN
