/** What a command needs of the terminal it was typed in. */
export interface Terminal {
  /** One line of what was asked for. */
  print(line: string): void
  /** One sentence about what went wrong. */
  complain(sentence: string): void
  readInput(): Promise<Uint8Array>
  /** Runs `action` instead of ending at once when the person interrupts. */
  onInterrupt(action: () => void): void
}
