import { BadAllowList } from './access/allow-list.ts'
import type { Config } from './config.ts'
import { OtherLayout } from './log/sqlite-database.ts'

/** One sentence for the person who runs the relay: what happened and what to do. */
export const whyNotStarted = (
  error: unknown,
  { host, port, dataDirectory }: Pick<Config, 'host' | 'port' | 'dataDirectory'>,
): string => {
  const { code, message } = error as { code?: string; message: string }
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} is taken by another program (perhaps Holdfast runs already). End that one, or choose another port: PORT=${port + 1}.`
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `HOST is "${host}", which is no address of this machine.`
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
    case 'ENOTDIR':
    case 'ENOSPC':
    case 'ERR_SQLITE_ERROR':
      return `Holdfast cannot use port ${port} or its data in ${dataDirectory} (${message}). Nothing was changed.`
    default:
      return error instanceof OtherLayout || error instanceof BadAllowList
        ? error.message
        : `Holdfast could not start: ${message}.`
  }
}
