/**
 * How far one has read: marked while a room is shown, its last message is in view (`atEnd` in messages.ts) and so is the tab.
 *
 * For components:
 *   markUnread(message)  everything from this message on is unread; nothing is marked in the room until it is opened again
 *   readOn()             or until one says that it may be
 */
import { ref, watch, watchEffect } from 'vue'

import type { CallError } from '../errors'
import { call } from '../socket'
import * as tabs from '../tabs'
import type { Message } from '../wire'
import { lookAgain, shown } from './messages'
import { mine, putMine, readTo } from './rooms'
import { session } from './session'

const DWELL_MS = 500

/** What was read and the server has not heard of, also while it is away. */
const marks = new Map<number, number>()
/** The room whose messages are to stay unread. */
const left = ref<number | null>(null)
let timer: ReturnType<typeof setTimeout> | undefined

export async function markUnread(message: Message) {
  const before = left.value
  left.value = message.room
  marks.delete(message.room)
  try {
    putMine(await call('reads.unmark', { message: message.id }))
  } catch (error) {
    left.value = before
    throw error
  }
}

export function readOn() {
  left.value = null
}

/** Follows what is in view. */
export function watchReading() {
  const hidden = ref(document.hidden)
  document.addEventListener('visibilitychange', () => {
    hidden.value = document.hidden
    if (!document.hidden) lookAgain()
  })
  watch(
    () => shown.timeline,
    readOn,
  )
  watchEffect(() => {
    const timeline = shown.timeline
    if (!timeline?.atEnd || timeline.newer || hidden.value || left.value === timeline.room) return
    const last = timeline.messages.at(-1)
    if (last && mine.get(timeline.room)?.unread) mark(timeline.room, last.seq)
  })
}

function mark(room: number, seq: number) {
  marks.set(room, seq)
  timer ??= setTimeout(flush, DWELL_MS)
}

function flush() {
  clearTimeout(timer)
  timer = undefined
  for (const [room, seq] of marks) {
    readTo(room, seq)
    tabs.tell({ kind: 'read', user: session.user, room, seq })
    void send(room, seq)
  }
}

async function send(room: number, seq: number) {
  try {
    await call('reads.mark', { room, seq })
  } catch (error) {
    if ((error as CallError).kind === 'unavailable') return // resume() sends it
  }
  if (marks.get(room) === seq) marks.delete(room)
}

/** The connection is back. */
export const resume = flush

export function clear() {
  marks.clear()
}
