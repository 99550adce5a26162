import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

export type Chromium =
  | { readonly ok: true; readonly path: string }
  | { readonly ok: false; readonly reason: string }

const DEBIAN_PATH = '/usr/bin/chromium'

/** Finds the browser that the tests drive, and installs Debian's where that is possible without asking. */
export const findChromium = (): Chromium => {
  const chosen = process.env.CHROMIUM_PATH
  if (chosen !== undefined && chosen !== '') {
    return existsSync(chosen)
      ? { ok: true, path: chosen }
      : { ok: false, reason: `CHROMIUM_PATH names ${chosen}, and there is no such file.` }
  }
  if (existsSync(DEBIAN_PATH)) return { ok: true, path: DEBIAN_PATH }
  if (canInstall() && install() && existsSync(DEBIAN_PATH)) return { ok: true, path: DEBIAN_PATH }
  return {
    ok: false,
    reason:
      'The browser tests need Chromium: install it (on Debian: sudo apt-get install chromium), or name a Chromium or Chrome in CHROMIUM_PATH.',
  }
}

const canInstall = (): boolean => existsSync('/etc/debian_version') && process.getuid?.() === 0

const install = (): boolean => {
  console.log('Installing Chromium from the packages of this system, for the browser tests …')
  const apt = (...args: string[]) =>
    spawnSync('apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=120', ...args], {
      // apt's progress would fill the screen; what goes wrong comes on the other stream
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    }).status === 0
  return apt('update') && apt('install', '-y', '--no-install-recommends', 'chromium')
}
