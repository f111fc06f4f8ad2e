/** The parts of the window that F6 goes through: rooms, what was said, where one writes, what is beside it. */
const PANES = ['.sidebar-pane', '.room-view > main .timeline', '.room-view > main .talk-footer', '.room-view > .panel-frame', '.beside > :not(.room-view)']

/** What has the focus when one comes to a pane for the first time. */
const FIRST = '[aria-current=page], .message[tabindex="0"], textarea'
const ANY = 'a[href], button:not(:disabled), input, select, textarea, [tabindex="0"]'

/** Where one was in each. */
const left = new WeakMap<Element, HTMLElement>()

const shownPanes = () => PANES.map((one) => document.querySelector<HTMLElement>(one)).filter((one) => one?.checkVisibility())

/** Past the rooms. */
export function skip() {
  shownPanes().some((pane) => pane && !pane.matches('.sidebar-pane') && enter(pane))
}

export function nextPane(step: number) {
  const panes = shownPanes()
  const present = document.activeElement
  const at = panes.findIndex((pane) => pane?.contains(present))
  const here = panes[at]
  if (here && present instanceof HTMLElement) left.set(here, present)
  const from = at < 0 && step < 0 ? 0 : at
  for (let turn = 1; turn <= panes.length; turn++) {
    const pane = panes[(from + step * turn + panes.length * turn) % panes.length]
    if (pane && enter(pane)) return
  }
}

function enter(pane: HTMLElement): boolean {
  const before = left.get(pane)
  const goals = [before, ...pane.querySelectorAll<HTMLElement>(FIRST), ...pane.querySelectorAll<HTMLElement>(ANY)]
  const goal = goals.find((one) => one?.isConnected && one.checkVisibility({ visibilityProperty: true }))
  goal?.focus()
  return goal !== undefined
}
