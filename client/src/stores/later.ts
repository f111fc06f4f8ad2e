/**
 * What one has begun to write, on any device.
 *
 * For components:
 *   draftOf(room, thread?)   the Draft of a place, if there is one; reactive
 *   later.waiting            how many scheduled messages and reminders there are; see stores/due.ts
 *   later.known              whether the server has said all this yet
 */
import { shallowReactive } from 'vue'

import type { Change, Draft, Start } from '../wire'

export const later = shallowReactive({ waiting: 0, known: false })

const drafts = shallowReactive(new Map<string, Draft>())

const place = (room: number, thread = 0) => `${room}.${thread}`

export const draftOf = (room: number, thread?: number) => drafts.get(place(room, thread))

export function putDraft(row: Draft) {
  const key = place(row.room, row.thread)
  if (row.deleted) drafts.delete(key)
  else drafts.set(key, row)
}

/** All of it, whole. */
export function putAll(answer: Pick<Start, 'drafts' | 'later'>) {
  drafts.clear()
  answer.drafts.forEach(putDraft)
  Object.assign(later, { waiting: answer.later, known: true })
}

export function apply(change: Change) {
  change.drafts?.forEach(putDraft)
  // Counted by whoever has all of them; that part is loaded with the first.
  if (change.scheduled || change.reminders) void import('./due').then((due) => due.heard(change))
}

export function clear() {
  drafts.clear()
  Object.assign(later, { waiting: 0, known: false })
}
