import { type Crowd, createCrowd } from './crowd.ts'
import { createHocuspocusSpeaker } from './hocuspocus-speaker.ts'
import { createHoldfastSpeaker } from './holdfast-speaker.ts'
import { createJazzSpeaker } from './jazz-speaker.ts'
import { createPlainSpeaker } from './plain-speaker.ts'
import type { Plan, Speaker } from './speaker.ts'
import { createYWebsocketSpeaker } from './y-websocket-speaker.ts'

/** The process that all clients are in. It is asked one thing after the other by `load-process.ts`. */
const SPEAKERS = {
  holdfast: createHoldfastSpeaker,
  ws: createPlainSpeaker,
  'y-websocket': createYWebsocketSpeaker,
  hocuspocus: createHocuspocusSpeaker,
  jazz: createJazzSpeaker,
} satisfies Record<string, () => Speaker>

export type Language = keyof typeof SPEAKERS

/** What can be asked of it. */
export interface Load extends Crowd {
  /** Makes everything that is going to be said. */
  prepare(language: Language, plan: Plan): Promise<void>
  /** Tells a server with a fresh store of the rooms. */
  found(port: number): Promise<void>
}

let speaker: Speaker
let crowd: Crowd

const asked: Load = {
  prepare: async (language, plan) => {
    speaker = SPEAKERS[language]()
    await speaker.prepare(plan)
    crowd = createCrowd(speaker, plan)
  },
  found: port => speaker.found(port),
  join: (port, guests) => crowd.join(port, guests),
  flood: flood => crowd.flood(flood),
  type: typing => crowd.type(typing),
  has: (member, hopedFor) => crowd.has(member, hopedFor),
  leave: () => crowd.leave(),
}

export interface Asked {
  readonly id: number
  readonly method: keyof Load
  readonly args: readonly unknown[]
}

export interface Answered {
  readonly id: number
  readonly value?: unknown
  readonly failed?: string
}

process.on('message', async ({ id, method, args }: Asked) => {
  const answer = async (): Promise<Answered> => {
    try {
      return { id, value: await (asked[method] as (...all: readonly unknown[]) => unknown)(...args) }
    } catch (error) {
      return { id, failed: (error as Error).message }
    }
  }
  process.send!(await answer())
})
process.on('disconnect', () => process.exit())
