import { parseArgs } from 'node:util'
import { isDocumentId } from '../../protocol/ids.ts'
import { Failed, WRONG_USAGE } from './failure.ts'

export const HELP = `Reads and writes the log of a relay, for operators and tests.

  npm run relay-client -- create --key FILE --relay ADDRESS [--code CODE]
  npm run relay-client -- append --key FILE --document ID [--sealed] [PATH]
  npm run relay-client -- read   --key FILE [--document ID] [--after N] [--full]
  npm run relay-client -- follow --key FILE [--document ID] [--after N] [--full]
  npm run relay-client -- access --key FILE
  npm run relay-client -- delete --key FILE

create   makes a workspace and a device that is its owner, and writes their keys to FILE.
append   adds the bytes of PATH, or of the input where there is none, to a document. They are signed but
         not sealed: the relay can read them. With --sealed they are an envelope already and stay as they are.
read     prints what the log has, one line of JSON for each entry.
follow   prints the same, then what comes, until it is interrupted.
access   prints what is said about who may do what, one line of JSON for each statement.
delete   deletes the workspace from the relay: all but who may do what, for good.

  --key FILE       the keys; keep this file secret
  --relay ADDRESS  for example http://localhost:4321
  --code CODE      where the operator asks for one before a workspace is made
  --document ID    one document only, 22 characters; AAAAAAAAAAAAAAAAAAAAAA is the home document
  --after N        only entries after this position
  --full           with the envelopes, base64url

Ends with 0, or 1: wrong use, 2: the relay refused, 3: no relay answers.`

const COMMANDS = ['create', 'append', 'read', 'follow', 'access', 'delete'] as const

export interface Arguments {
  readonly command: (typeof COMMANDS)[number] | 'help'
  readonly key: string
  readonly relay: string | null
  readonly code: string | null
  readonly document: string | null
  readonly after: number
  readonly full: boolean
  readonly sealed: boolean
  /** A file to append, or null for the standard input. */
  readonly path: string | null
}

const wrong = (message: string): never => {
  throw new Failed(WRONG_USAGE, `${message} See --help.`)
}

/** One document id in 64 begins with a dash, which would be taken for an option of its own. */
const joinDocument = (args: readonly string[]): string[] =>
  args.flatMap((arg, index) => {
    if (args[index - 1] === '--document' && isDocumentId(arg)) return []
    const next = args[index + 1]
    return arg === '--document' && isDocumentId(next) ? [`${arg}=${next}`] : [arg]
  })

const parse = (args: readonly string[]) => {
  try {
    return parseArgs({
      args: joinDocument(args),
      allowPositionals: true,
      options: {
        key: { type: 'string' },
        relay: { type: 'string' },
        code: { type: 'string' },
        document: { type: 'string' },
        after: { type: 'string' },
        full: { type: 'boolean' },
        sealed: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    })
  } catch (error) {
    return wrong(`${(error as Error).message.split('\n')[0]}`)
  }
}

const relayOrigin = (address: string): string => {
  const url = URL.canParse(address) ? new URL(address) : null
  return url && /^https?:$/.test(url.protocol) ? url.origin : wrong(`--relay "${address}" is no address.`)
}

export const readArguments = (args: readonly string[]): Arguments => {
  const { values, positionals } = parse(args)
  const [name, path = null, ...rest] = positionals
  const command = values.help ? 'help' : COMMANDS.find(known => known === name)
  if (command === undefined) return wrong(name ? `There is no command "${name}".` : 'A command is missing.')
  if (command !== 'help' && !values.key) return wrong('--key FILE is missing.')
  if (rest.length > 0 || (path !== null && command !== 'append')) return wrong('There are words too many.')
  const { document = null, after = '0' } = values
  if (document !== null && !isDocumentId(document))
    return wrong(`--document "${document}" is no id of a document.`)
  if (command === 'append' && document === null) return wrong('--document ID is missing.')
  if (!/^\d{1,15}$/.test(after)) return wrong('--after takes a whole number.')
  if (command === 'create' && values.relay === undefined) return wrong('--relay ADDRESS is missing.')
  return {
    command,
    key: values.key ?? '',
    relay: values.relay === undefined ? null : relayOrigin(values.relay),
    code: values.code ?? null,
    document,
    after: Number(after),
    full: values.full ?? false,
    sealed: values.sealed ?? false,
    path: path === '-' ? null : path,
  }
}
