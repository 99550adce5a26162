import type { Failure } from '../../protocol/result.ts'
import type { App } from '../app/app.ts'
import type { IdleWatch } from './idle-watch.ts'
import type { LockScreens } from './lock-screen.ts'

/** What watchers of its lock take for one life of the worker. Several may follow each other in one worker. */
export interface Life {
  readonly epoch: string
  end(): void
}

/** What tabs find when they come. */
export type Stage =
  | { readonly type: 'app'; readonly app: App; readonly watch: IdleWatch | null }
  | { readonly type: 'screen'; readonly screens: LockScreens }
  | { readonly type: 'failed'; readonly error: Failure }

export interface Stages {
  /** As soon as it is ready. */
  now(): Promise<Stage>
  /** Of the life that it is in; '' before the first. */
  epoch(): string
  /** Begins a new life with it. */
  become(make: (epoch: string) => Promise<Stage>): Promise<Stage>
  /** Puts another one in its place within the same life. */
  replace(stage: Promise<Stage>): void
}

export const createStages = (beginLife: () => Promise<Life>): Stages => {
  let life: Life | null = null
  let stage: Promise<Stage> = new Promise(() => undefined)

  return {
    now: () => stage,
    epoch: () => life?.epoch ?? '',
    // One life ends as the next begins: tabs that hear of it find the next one, and wait until it is ready.
    become: async make => {
      const [before, next] = [life, await beginLife()]
      life = next
      const made = make(next.epoch)
      stage = made
      before?.end()
      return made
    },
    replace: next => {
      stage = next
    },
  }
}
