/** Tells of posts that could not be sent where one does not see them, and leads to them. Lazy. */
import type { Entry } from '@/outbox'
import { type To, push, route } from '@/router'
import { shown } from '@/stores/messages'
import { inRoom, mine, rooms } from '@/stores/rooms'
import { t } from '@/words'
import '@/words.due'

import { roomPath } from './roomName'
import { dismiss, toast, toasts } from './toasts'

/** The note that tells of them, while it is there, and of how many. */
let note = { id: 0, count: 0 }

export function tellOf(entries: Entry[]) {
  const unseen = entries.filter((entry) => !isSeen(entry))
  const [first] = unseen
  if (!first) return
  const before = toasts.value.some(({ id }) => id === note.id) ? note.count : 0
  const count = before + unseen.length
  const way = count > 1 ? '/later' : wayTo(first)
  dismiss(note.id)
  note = { id: toast(t('unsent', { count }), { label: t('scheduleShow'), act: () => void push(way) }, 'error'), count }
}

function isSeen(entry: Entry): boolean {
  const timeline = shown.timeline
  if (timeline?.room !== entry.room) return false
  return (inRoom(entry) && !timeline.newer) || route.query.panel === `thread:${entry.thread}`
}

/** It stands where it was meant for, or, when one is not there any more, among what waits. */
function wayTo(entry: Entry): To {
  const room = rooms.get(entry.room)
  if (!room || !mine.has(room.id)) return '/later'
  const path = roomPath(room)
  return inRoom(entry) ? path : { path, query: { panel: `thread:${entry.thread}` } }
}
