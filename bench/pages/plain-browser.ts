import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { BROWSER_FLAGS } from '../../tests/support/browser/device.ts'
import { connectDevTools, type DevTools } from './dev-tools.ts'

/**
 * A browser as a person has it: tabs that nobody looks at are hidden and throttled, which a browser that is driven for
 * tests avoids, and nothing watches a tab that was let go.
 */
export interface PlainBrowser {
  /** Of its main process. */
  readonly pid: number
  /** Opens a tab before all others of its window. */
  open(url: string, options?: TabOptions): Promise<PlainTab>
  close(): Promise<void>
}

interface TabOptions {
  /** Runs before the page's own code. */
  readonly prepare?: () => void
  /** In a window of its own, so that it hides no other tab. */
  readonly newWindow?: boolean
}

export interface PlainTab {
  /** Runs a function in the page, by its source: it knows nothing but its arguments. */
  run<A extends readonly unknown[], T>(work: (...args: A) => T | Promise<T>, ...args: A): Promise<T>
  /** Resolves once the function returns something true in the page; rejects after a minute. */
  until<A extends readonly unknown[]>(work: (...args: A) => unknown, ...args: A): Promise<void>
  /** Keys as a person presses them: the page sees them as trusted. */
  press(key: Key): Promise<void>
  /** Puts it before the other tabs of its window and gives it the focus. */
  lookAt(): Promise<void>
  /** Nothing watches the page from now on, and nothing can be asked of it any more. */
  letGo(): Promise<void>
  /** Any command of the DevTools protocol for this page. */
  send(method: string, params?: object): Promise<unknown>
  close(): Promise<void>
}

export interface Key {
  readonly key: string
  readonly code: string
  readonly text?: string
  readonly keyCode?: number
  /** 2 is Control. */
  readonly modifiers?: number
}

const PATIENCE_MS = 60_000
const LOOK_AGAIN_MS = 20
const CLOSE_WITHIN_MS = 10_000

const portOf = async (profile: string, child: ChildProcess): Promise<string> => {
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await pause(LOOK_AGAIN_MS)) {
    if (child.exitCode !== null) throw new Error(`The browser ended with ${child.exitCode}.`)
    const said = await readFile(join(profile, 'DevToolsActivePort'), 'utf8').catch(() => '')
    const [port, path] = said.split('\n')
    if (port && path) return `ws://127.0.0.1:${port}${path}`
  }
  throw new Error('The browser did not start.')
}

const tabOf = (devTools: DevTools, target: string, session: string): PlainTab => {
  const send = (method: string, params: object = {}) => devTools.send(method, params, session)
  const run = async <A extends readonly unknown[], T>(
    work: (...args: A) => T | Promise<T>,
    ...args: A
  ): Promise<T> => {
    const { result, exceptionDetails } = (await send('Runtime.evaluate', {
      expression: `(${work})(...${JSON.stringify(args)})`,
      awaitPromise: true,
      returnByValue: true,
    })) as {
      result: { value?: unknown }
      exceptionDetails?: { text: string; exception?: { description?: string } }
    }
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text)
    return result.value as T
  }
  return {
    run,
    send,
    until: async (work, ...args) => {
      for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await pause(LOOK_AGAIN_MS))
        if (await run(work, ...args)) return
      throw new Error(`This did not come true in the page: ${work}`)
    },
    press: async ({ key, code, text, keyCode = 0, modifiers = 0 }) => {
      const about = { key, code, modifiers, windowsVirtualKeyCode: keyCode }
      await send('Input.dispatchKeyEvent', {
        type: text === undefined ? 'rawKeyDown' : 'keyDown',
        text,
        ...about,
      })
      await send('Input.dispatchKeyEvent', { type: 'keyUp', ...about })
    },
    lookAt: async () => void (await send('Page.bringToFront')),
    letGo: async () => void (await devTools.send('Target.detachFromTarget', { sessionId: session })),
    close: async () => void (await devTools.send('Target.closeTarget', { targetId: target })),
  }
}

export const launchPlainBrowser = async (profile: string): Promise<PlainBrowser> => {
  await rm(join(profile, 'DevToolsActivePort'), { force: true })
  const child = spawn(
    process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    [
      ...BROWSER_FLAGS,
      '--headless=new',
      '--remote-debugging-port=0',
      `--user-data-dir=${profile}`,
      '--password-store=basic',
      '--no-default-browser-check',
      '--window-size=1280,800',
      'about:blank',
    ],
    { stdio: 'ignore', env: { ...process.env, HOME: join(profile, 'home'), LC_ALL: 'C.UTF-8' } },
  )
  const kill = (): void => void child.kill('SIGKILL')
  process.once('exit', kill)
  const ended = once(child, 'exit').finally(() => process.off('exit', kill))
  try {
    const devTools = await connectDevTools(await portOf(profile, child))
    return {
      pid: child.pid!,
      open: async (url, { prepare, newWindow = false } = {}) => {
        const fresh = { url: 'about:blank', newWindow }
        const { targetId } = (await devTools.send('Target.createTarget', fresh)) as { targetId: string }
        const { sessionId } = (await devTools.send('Target.attachToTarget', { targetId, flatten: true })) as {
          sessionId: string
        }
        if (prepare) {
          await devTools.send('Page.enable', {}, sessionId)
          await devTools.send(
            'Page.addScriptToEvaluateOnNewDocument',
            { source: `(${prepare})()` },
            sessionId,
          )
        }
        await devTools.send('Page.navigate', { url }, sessionId)
        return tabOf(devTools, targetId, sessionId)
      },
      close: async () => {
        const impatient = setTimeout(kill, CLOSE_WITHIN_MS)
        devTools.send('Browser.close').catch(() => {}) // it may be gone before it answers
        await ended
        clearTimeout(impatient)
        devTools.close()
      },
    }
  } catch (error) {
    kill()
    throw error
  }
}
