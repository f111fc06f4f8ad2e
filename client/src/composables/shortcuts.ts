/** What the keys of the table do that work everywhere, and those that move in a list. */
import { onMounted, onUnmounted } from 'vue'

import { push, route } from '@/router'
import { mine } from '@/stores/rooms'

import { open, shown } from './dialogs'
import { stepBack, steps } from './escape'
import { isComposing } from './ime'
import { everywhere, isSingle, isWriting, keyOf, lists } from './keys'
import { nextPane } from './panes'
import { roomPath } from './roomName'
import { sidebarRooms } from './sidebarRooms'

const acts: Record<keyof typeof everywhere, () => unknown> = {
  switcher: () => open('switcher'),
  search: () => push({ path: '/search', query: slug() ? { q: `in:${slug()}` } : {} }),
  roomUp: () => move(-1),
  roomDown: () => move(1),
  unreadUp: () => move(-1, true),
  unreadDown: () => move(1, true),
  pane: () => nextPane(1),
  paneBack: () => nextPane(-1),
  back: stepBack,
  help: () => open('keys'),
}

export function useShortcuts() {
  onMounted(() => window.addEventListener('keydown', pressed))
  onUnmounted(() => window.removeEventListener('keydown', pressed))
}

function pressed(event: KeyboardEvent) {
  if (event.defaultPrevented || isComposing(event) || (isSingle(event) && isWriting(event.target))) return
  const name = keyOf(event, everywhere)
  // What stands in front has the keys; but one goes elsewhere from anywhere.
  if (inFront() && name !== 'switcher') return
  // On the search page the browser's own search is what is left to ask for.
  if (name === 'search' && route.name === 'search') return
  if (name) acts[name]()
  else if (!moveInList(event)) return
  event.preventDefault()
}

const slug = () => String(route.params.slug ?? '')
const inFront = () => shown.value !== null || steps.slice(0, 2).some(({ there }) => there())

/** To the next room, in the order of the sidebar. */
function move(step: number, unreadOnly = false) {
  const all = Object.values(sidebarRooms.value).flat()
  const rooms = all.filter((room) => !unreadOnly || room.slug === slug() || mine.get(room.id)?.unread)
  const at = rooms.findIndex((room) => room.slug === slug())
  const next = rooms[(at + step + rooms.length) % rooms.length]
  if (next) void push(roomPath(next))
}

const LISTS = { '.timeline': '.message', '.sidebar-pane': 'a.sidebar-room' }

/** From message to message, from room to room. */
function moveInList(event: KeyboardEvent): boolean {
  const name = keyOf(event, lists)
  const target = event.target as HTMLElement
  if (!name || isWriting(target) || target.closest('[role=menu], [role=separator]')) return false
  const entry = Object.entries(LISTS).find(([list]) => target.closest(list))
  const items = entry ? [...(target.closest(entry[0])?.querySelectorAll<HTMLElement>(entry[1]) ?? [])] : []
  const at = items.findIndex((item) => item.contains(target))
  if (at < 0) return false
  items.at({ before: Math.max(0, at - 1), after: Math.min(at + 1, items.length - 1), first: 0, last: -1 }[name])?.focus()
  return true
}
