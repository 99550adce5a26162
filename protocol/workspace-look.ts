/** How a workspace looks to everybody who is in it. */
export interface WorkspaceLook {
  readonly name: string
  readonly colour: Colour
}

/** Names, so that each page can choose a shade that fits its day and night. */
export const COLOURS = ['green', 'blue', 'violet', 'rose', 'orange', 'grey'] as const
export type Colour = (typeof COLOURS)[number]

export const isColour = (value: unknown): value is Colour => COLOURS.includes(value as Colour)

/** As long as nobody has chosen anything, which is then not written down anywhere. */
export const FIRST_LOOK: WorkspaceLook = { name: 'Personal', colour: 'green' }

export const MAX_WORKSPACE_NAME_LENGTH = 60

/** One line without the spaces around it, of at most so many characters; '' where nothing is left. */
export const cleanName = (text: string): string =>
  [...text.replace(/[\s\p{Cc}]+/gu, ' ').trim()].slice(0, MAX_WORKSPACE_NAME_LENGTH).join('').trim()
