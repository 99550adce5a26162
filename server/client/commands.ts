import { readFile, unlink } from 'node:fs/promises'
import type { Claims } from '../../protocol/access/acts.ts'
import { signStatement } from '../../protocol/access/statement.ts'
import { fromBase64url } from '../../protocol/bytes.ts'
import { encodeAppends } from '../../protocol/relay-bodies.ts'
import {
  ACCESS_TYPE,
  type AccessAnswer,
  type AppendAnswer,
  accessPath,
  CBOR_TYPE,
  type LogAnswer,
  logPath,
  OPERATOR_CODE_HEADER,
  workspacePath,
} from '../../protocol/relay-http.ts'
import type { Arguments } from './arguments.ts'
import { describeEntry, wrap } from './envelopes.ts'
import { Failed, REFUSED, WRONG_USAGE } from './failure.ts'
import { newAccount, openAccount, unusedSealingKey } from './key-file.ts'
import { accessAddress, ask, askAs } from './requests.ts'
import type { Terminal } from './terminal.ts'

export const create = async ({ key, relay, code }: Arguments, { print }: Terminal): Promise<void> => {
  const account = await newAccount(relay!)
  const claims: Claims = {
    ws: account.workspace,
    gen: 0,
    prev: [],
    iat: Math.floor(Date.now() / 1000),
    // Without an epoch: this client has no content keys.
    acts: [{ do: 'found', device: account.device.id, sealing: await unusedSealingKey(), card: null }],
  }
  const { privateKey, publicKey } = account.root
  const body = await signStatement(claims, privateKey, publicKey)
  const headers = { 'content-type': ACCESS_TYPE, ...(code === null ? {} : { [OPERATOR_CODE_HEADER]: code }) }
  // The keys first: a workspace whose keys were lost would be nobody's.
  await account.save(key)
  try {
    await ask(accessAddress(relay!, account.workspace), { method: 'PUT', body, headers })
  } catch (error) {
    await unlink(key)
    throw error
  }
  print(JSON.stringify({ workspace: account.workspace, device: account.device.id, relay }))
}

const bytesToAppend = async (path: string | null, terminal: Terminal): Promise<Uint8Array> => {
  if (path === null) return terminal.readInput()
  return readFile(path).catch(error => {
    throw new Failed(WRONG_USAGE, `${path} cannot be read: ${(error as Error).message}.`)
  })
}

export const append = async (args: Arguments, terminal: Terminal): Promise<void> => {
  const account = await openAccount(args.key)
  const document = args.document!
  const bytes = await bytesToAppend(args.path, terminal)
  const envelope = args.sealed ? bytes : await wrap(account, document, bytes)
  const response = await askAs(account, logPath(account.workspace), 'write', {
    method: 'POST',
    headers: { 'content-type': CBOR_TYPE },
    body: new Uint8Array(encodeAppends([{ type: 'append', document, envelopes: [envelope] }])),
  })
  const { known, refused } = (await response.json()) as AppendAnswer
  const refusal = refused[0]
  if (refusal) throw new Failed(REFUSED, `The relay refused (${refusal.code}): ${refusal.message}`)
  for (const { envelopes, to } of known)
    for (const id of envelopes) terminal.print(JSON.stringify({ known: id, document, position: to.position }))
}

export const read = async ({ key, document, after, full }: Arguments, { print }: Terminal): Promise<void> => {
  const account = await openAccount(key)
  for (let from = after, more = true; more; ) {
    const query = new URLSearchParams({ after: String(from), ...(document === null ? {} : { document }) })
    const response = await askAs(account, `${logPath(account.workspace)}?${query}`, 'read')
    const page = (await response.json()) as LogAnswer
    for (const entry of page.entries)
      print(await describeEntry({ ...entry, envelope: fromBase64url(entry.envelope) }, full))
    from = page.to.position
    more = page.more
  }
}

export const access = async ({ key }: Arguments, { print }: Terminal): Promise<void> => {
  const account = await openAccount(key)
  const response = await askAs(account, accessPath(account.workspace), 'read')
  const { statements } = (await response.json()) as AccessAnswer
  for (const text of statements) print(Buffer.from(text.split('.')[1]!, 'base64url').toString())
}

export const remove = async ({ key }: Arguments, { print }: Terminal): Promise<void> => {
  const account = await openAccount(key)
  await askAs(account, workspacePath(account.workspace), 'admin', { method: 'DELETE' })
  print(JSON.stringify({ deleted: account.workspace }))
}
