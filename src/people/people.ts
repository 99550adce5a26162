// All about people is loaded when it is asked for.
import './hf-join-dialog.ts'
import './hf-people-page.ts'
