import { isAbsolute, join, resolve } from 'node:path'
import { isWorkspaceId, type WorkspaceId } from '../protocol/ids.ts'
import { fail, ok, type Result } from '../protocol/result.ts'
import type { AllowListSource } from './access/allow-list.ts'
import type { MakingPolicy } from './access/making-policy.ts'
import { DEFAULT_LIMITS, type RelayLimits } from './relay/limits.ts'

/** What the operator decides, read from the environment once. docs/operations.md explains each. */
export interface Config {
  readonly host: string
  /** 0 leaves the choice to the system. */
  readonly port: number
  readonly dataDirectory: string
  readonly publicOrigins: readonly string[]
  readonly allowedOrigins: readonly string[]
  readonly making: MakingPolicy
  /** Null where every workspace is served. */
  readonly allowList: AllowListSource | null
  readonly trustProxy: boolean | readonly string[]
  readonly limits: RelayLimits
  readonly requestsPerMinute: number
  readonly logLevel: string
}

export type Environment = Readonly<Record<string, string | undefined>>

const DEFAULT_PORT = 4321
const DEFAULT_REQUESTS_PER_MINUTE = 6000
const LOOPBACK_HOSTS = new Set(['localhost', '127.0.0.1', '::1'])
const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']

class BadValue extends Error {}

const readers = (environment: Environment) => {
  const text = (name: string): string | null => environment[name]?.trim() || null
  const parts = (name: string): string[] =>
    (text(name) ?? '')
      .split(',')
      .map(part => part.trim())
      .filter(part => part !== '')
  return {
    text,
    count: (name: string, otherwise: number, most: number, least = 1): number => {
      const value = text(name)
      if (value === null) return otherwise
      const count = /^\d+$/.test(value) ? Number(value) : Number.NaN
      if (count >= least && count <= most) return count
      throw new BadValue(`${name} is "${value}", but must be a whole number from ${least} to ${most}.`)
    },
    origins: (name: string): string[] => parts(name).map(part => asOrigin(name, part)),
    workspaces: (name: string): WorkspaceId[] => parts(name).map(part => asWorkspace(name, part)),
    oneOf: (name: string, otherwise: string, choices: readonly string[]): string => {
      const value = text(name) ?? otherwise
      if (choices.includes(value)) return value
      throw new BadValue(`${name} is "${value}", but must be one of ${choices.join(', ')}.`)
    },
  }
}

const asOrigin = (name: string, value: string): string => {
  const address = URL.canParse(value) ? new URL(value) : null
  if (address && /^https?:$/.test(address.protocol) && address.href === `${address.origin}/`)
    return address.origin
  throw new BadValue(
    `${name} has "${value}", which is no origin: write for example https://notes.example, without a path.`,
  )
}

const asWorkspace = (name: string, value: string): WorkspaceId => {
  if (isWorkspaceId(value)) return value
  throw new BadValue(`${name} has "${value}", which is no id of a workspace (43 characters).`)
}

/** True for any proxy, false for none, or the addresses of the proxies. */
const asProxies = (value: string | null): boolean | readonly string[] => {
  if (value === null || /^(0|no|false)$/i.test(value)) return false
  if (/^(1|yes|true)$/i.test(value)) return true
  const addresses = value.split(',').map(part => part.trim())
  if (addresses.every(address => /^[\da-f.:]+(\/\d+)?$|^loopback$/i.test(address))) return addresses
  throw new BadValue(
    `HOLDFAST_TRUST_PROXY is "${value}", but must be 1, 0, or the addresses of the proxies with commas between them.`,
  )
}

const isHere = (host: string): boolean => LOOPBACK_HOSTS.has(host.replace(/^\[|\]$/g, ''))

/** A public address means a proxy in front of a relay that itself listens here only: others reach it all the same. */
const makingPolicy = (
  host: string,
  publicOrigins: readonly string[],
  code: string | null,
  allowList: AllowListSource | null,
): MakingPolicy => {
  if (allowList !== null) return { kind: 'listed' }
  if (code !== null) return { kind: 'code', code }
  const hosts = [host, ...publicOrigins.map(origin => new URL(origin).hostname)]
  return { kind: hosts.every(isHere) ? 'open' : 'closed' }
}

const allowListSource = (ids: readonly WorkspaceId[], path: string | null): AllowListSource | null =>
  ids.length === 0 && path === null ? null : { ids, path }

const TERA = 2 ** 40

/** Errors: `bad-setting`, whose message names the setting and what it must be. */
export const readConfig = (environment: Environment, projectDirectory: string): Result<Config> => {
  const { text, count, origins, workspaces, oneOf } = readers(environment)
  try {
    const host = text('HOST') ?? 'localhost'
    const publicOrigins = origins('HOLDFAST_PUBLIC_URL')
    const allowList = allowListSource(workspaces('HOLDFAST_WORKSPACES'), text('HOLDFAST_WORKSPACES_FILE'))
    const data = text('HOLDFAST_DATA') ?? join(projectDirectory, 'data')
    return ok({
      host,
      port: count('PORT', DEFAULT_PORT, 65_535, 0),
      dataDirectory: isAbsolute(data) ? data : resolve(data),
      publicOrigins,
      allowedOrigins: origins('HOLDFAST_ALLOWED_ORIGINS'),
      making: makingPolicy(host, publicOrigins, text('HOLDFAST_OPERATOR_CODE'), allowList),
      allowList,
      trustProxy: asProxies(text('HOLDFAST_TRUST_PROXY')),
      limits: {
        ...DEFAULT_LIMITS,
        workspaceBytes: count('HOLDFAST_WORKSPACE_BYTES', DEFAULT_LIMITS.workspaceBytes, 1024 * TERA),
        workspaceDocuments: count('HOLDFAST_WORKSPACE_DOCUMENTS', DEFAULT_LIMITS.workspaceDocuments, 1e9),
        connectionsPerWorkspace: count(
          'HOLDFAST_WORKSPACE_CONNECTIONS',
          DEFAULT_LIMITS.connectionsPerWorkspace,
          100_000,
        ),
        messagesPerSecond: count('HOLDFAST_MESSAGES_PER_SECOND', DEFAULT_LIMITS.messagesPerSecond, 1e6),
      },
      requestsPerMinute: count('HOLDFAST_REQUESTS_PER_MINUTE', DEFAULT_REQUESTS_PER_MINUTE, 1e9),
      logLevel: oneOf('LOG_LEVEL', 'warn', LOG_LEVELS),
    })
  } catch (error) {
    if (error instanceof BadValue) return fail('bad-setting', error.message)
    throw error
  }
}
