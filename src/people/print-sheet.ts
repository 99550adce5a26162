import { html, render, type TemplateResult } from 'lit'
import type { MadeInvitation } from '../../protocol/people.ts'
import { qrCode } from './qr-code.ts'

const SHEET = 'hf-print-sheet'

/** Prints one page of its own instead of the app; see design.css. */
const print = (content: TemplateResult): void => {
  const sheet = document.createElement('div')
  sheet.className = SHEET
  render(content, sheet)
  document.body.append(sheet)
  window.addEventListener('afterprint', () => sheet.remove(), { once: true })
  window.print()
}

/** A recovery key on paper, with all that it takes to come back. */
export const printRecoveryKey = (made: MadeInvitation, workspaceName: string, today: string): void =>
  print(html`
    <h1>Recovery key of “${workspaceName}” in Holdfast</h1>
    <p>Made on ${today}. Whoever has this page can read and change everything in the workspace: keep it as you keep a passport. Taking it back under “People and devices” makes it worthless.</p>
    <h2>To come back</h2>
    <p>Open Holdfast on a new device, scan this code, or choose “Join with an invitation” and type the words, the relay and the workspace id.</p>
    <div class="qr">${qrCode(made.link, 'QR code of the recovery key')}</div>
    <ol>${made.words?.split(' ').map(word => html`<li>${word}</li>`)}</ol>
    <p><strong>Relay</strong> ${made.relay}</p>
    <p><strong>Workspace id</strong> ${made.workspace}</p>
  `)
