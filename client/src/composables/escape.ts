/** What Esc leaves, one step at a time: of these the first that is there. */
import { push, route } from '@/router'
import { readOn } from '@/stores/reads'

import { usePanel } from './panel'

interface Step {
  name: string
  there: () => boolean
  /** Missing where the browser does it by itself. */
  leave?: () => unknown
}

const exists = (selector: string) => document.querySelector(selector) !== null
const composer = () => document.querySelector<HTMLElement>('.room-view > main .composer textarea')
const jump = () => document.querySelector<HTMLElement>('.room-view > main .jump-button')
const { panel, close } = usePanel()

export const steps: Step[] = [
  { name: 'menu', there: () => exists('[popover]:popover-open:not([popover=manual])') },
  { name: 'dialog', there: () => exists('dialog[open]') },
  { name: 'panel', there: () => panel.value !== null && route.name === 'room', leave: close },
  { name: 'page', there: () => route.name !== 'room', leave: () => push('/') },
  { name: 'reading', there: () => composer() !== null && document.activeElement !== composer(), leave: () => composer()?.focus() },
  { name: 'scrolled', there: () => jump() !== null, leave: () => jump()?.click() },
  { name: 'unread', there: () => true, leave: readOn },
]

export function stepBack() {
  void steps.find(({ there }) => there())?.leave?.()
}
