/** How many rooms there are, how many in each write, and how much. */
export interface Plan {
  readonly rooms: number
  readonly senders: number
  /** Of each sender. */
  readonly updates: number
}

/** By sender of the room. */
export type Counts = readonly (readonly [sender: number, count: number])[]

/** What a message means to the one who got it. */
export interface Heard {
  /** What to answer. */
  readonly say?: readonly Buffer[]
  /** From here on everything reaches this client. */
  readonly joined?: boolean
  /** How many of their updates are there by now. */
  readonly delivered?: Counts
  /** How many of their updates the server has confirmed by now. */
  readonly confirmed?: Counts
  /** The server has confirmed one more of the own updates. */
  readonly confirmedOne?: boolean
}

/** How clients talk to one kind of server. Everything that costs a client time is made before the server is measured. */
export interface Speaker {
  /** Makes keys, rooms and all updates. */
  prepare(plan: Plan): Promise<void>
  /** Tells a server that has just been started, on a fresh store, about the rooms. */
  found(port: number): Promise<void>
  /** How a client enters the room. */
  entrance(
    room: number,
    port: number,
  ): Promise<{ readonly path: string; readonly protocols: readonly string[] }>
  /** What a client says at once when it is connected. `joined` where it need not wait for an answer. */
  greeting(room: number): { readonly say: readonly Buffer[]; readonly joined: boolean }
  /** The frame of an update; they are sent in their order. */
  update(room: number, sender: number, number: number): Buffer
  /** `connection` is the same for all that one client hears on one connection. */
  hear(message: Buffer, room: number, connection: object): Heard
  /** What a message means depends on those before it on its connection. */
  readonly builds?: true
}

export const NOTHING: Heard = {}
