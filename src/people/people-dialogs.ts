import { html, nothing } from 'lit'
import type { DeviceRow, PersonRow } from '../../protocol/people.ts'
import './hf-invite-dialog.ts'
import './hf-name-dialog.ts'
import './hf-recovery-dialog.ts'
import './hf-remove-dialog.ts'

/** Which dialog of the people page is open, and about whom. */
export type PeopleDialog =
  | { readonly dialog: 'invite'; readonly who: 'device' | 'person' }
  | { readonly dialog: 'recovery' }
  | { readonly dialog: 'name'; readonly person: PersonRow; readonly device: DeviceRow }
  | { readonly dialog: 'remove'; readonly person: PersonRow; readonly device: DeviceRow | null }

export const peopleDialog = (open: PeopleDialog | null) => {
  switch (open?.dialog) {
    case 'invite':
      return html`<hf-invite-dialog .who=${open.who}></hf-invite-dialog>`
    case 'recovery':
      return html`<hf-recovery-dialog></hf-recovery-dialog>`
    case 'name':
      return html`<hf-name-dialog .person=${open.person} .device=${open.device}></hf-name-dialog>`
    case 'remove':
      return html`<hf-remove-dialog .person=${open.person} .device=${open.device}></hf-remove-dialog>`
    case undefined:
      return nothing
  }
}
