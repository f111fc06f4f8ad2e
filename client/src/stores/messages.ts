/**
 * What was said: of each opened room a window of its messages, and what is still to be sent. Acts but `post` throw a CallError.
 *
 * For components:
 *   open(room, seq?): Timeline      shows what is kept at once and reads the rest; call it when the room is shown. It
 *                             opens at the message with this seq, where reading stopped, or at the live end
 *   lineOf(room): Line        the same with what can be done with it, for whoever shows it
 *   close()                   no room is shown any more
 *   Timeline (reactive)       messages   sorted, whole between the first and the last; tombstones are gone
 *                             older, newer   whether there is more on that side (not `newer`: it follows live)
 *                             loading    '' | 'opening' | 'older' | 'newer'
 *                             error      CallError of the last reading, or null
 *                             newAfter   the seq that reading had stopped at when one came (back) to it, for the *new* line; or null
 *                             goal       the seq to bring into view, until arrived(room) is called; null: none
 *   loadOlder(room), loadNewer(room)    call them near an end; they do nothing while loading or when there is no more
 *   seek(room, seq)           shows the message with this seq in its context: it becomes the goal
 *   findFirst(room, at)       the first message at a time or later, or null
 *   reopen(room)              tries again after an error
 *   toLatest(room)            back to the live end. The count beside "jump to latest" is `mine.get(room).unread`
 *   pending(room)             Entry[] to show after the last message when not `newer`: {nonce, body, at, state: 'waiting' | 'failed', error}
 *   unsent()                  how many posts of all rooms wait or failed (ask before signOut)
 *   failed()                  those of them that failed, of all rooms
 *   post(room, body, beside?) shows it at once, sends it when it can, in order, over reloads; `beside` is {thread, also, kind, files}
 *   retry(nonce), discard(nonce)        of a failed post
 *   edit(id, body), remove(id)
 *   atEnd(room, on)           whether the last message is in view: reading is marked while it is and the tab is shown
 *
 * At most 500 messages are in a window: loading on one side lets go of the other.
 */
import { shallowReactive } from 'vue'

import * as db from '../db'
import { Line, PAGE, type Source, type Timeline } from '../line'
import * as outbox from '../outbox'
import { call } from '../socket'
import { ofPage } from '../span'
import { held, roomOf, roomTopic } from '../topics'
import type { Change, Message } from '../wire'
import { hears, inRoom, mine } from './rooms'
import { session } from './session'

export type { Timeline }

const MOST_LINES = 20

const lines = new Map<number, Line>()

/** Who else shows what an answer brought. */
const ears: ((message: Message) => void)[] = []

/** The room that is shown. */
export const shown = shallowReactive({ timeline: null as Timeline | null })

/** When oneself last said something in a room or a thread of it, since the page was opened: in slow mode all of it counts. */
export const saidAt = shallowReactive(new Map<number, number>())

export function open(room: number, seq?: number): Timeline {
  const line = lineOf(room)
  lines.delete(room)
  lines.set(room, line)
  for (const oldest of lines.keys()) if (lines.size > MOST_LINES) lines.delete(oldest)
  void db.visit(roomTopic(room))
  shown.timeline = line.shown
  line.open(newAfter(room), seq)
  return line.shown
}

export function close() {
  shown.timeline = null
}

export function lineOf(room: number): Line {
  let line = lines.get(room)
  if (!line) lines.set(room, (line = new Line(room, sourceOf(room))))
  return line
}

export const seek = async (room: number, seq: number) => lines.get(room)?.seek(seq)
export const findFirst = (room: number, at: Date) => call('messages.first', { room, at: at.toISOString() })
export const arrived = (room: number) => lines.get(room)?.arrived()
export const toLatest = async (room: number) => lines.get(room)?.toLatest()
export const reopen = (room: number) => lines.get(room)?.reopen()
export const loadOlder = async (room: number) => lines.get(room)?.loadOlder()
export const loadNewer = async (room: number) => lines.get(room)?.loadNewer()
export const atEnd = (room: number, on: boolean) => lines.get(room)?.atEnd(on)

export function pending(room: number): outbox.Entry[] {
  const entries = outbox.outbox.entries.filter((entry) => entry.room === room && inRoom(entry))
  if (!entries.length) return entries
  return unanswered(entries, lines.get(room)?.shown.messages ?? [])
}

/** Those of which the message is not among these yet. */
export function unanswered(entries: outbox.Entry[], messages: Message[]): outbox.Entry[] {
  const own = messages.filter((message) => message.author === session.user)
  const nonces = new Set(own.map((message) => message.nonce))
  return entries.filter((entry) => !nonces.has(entry.nonce))
}

export const unsent = () => outbox.outbox.entries.length
export const failed = () => outbox.outbox.entries.filter((entry) => entry.state === 'failed')

outbox.onFailed((entries) => void import('../composables/unsent').then(({ tellOf }) => tellOf(entries)))

export async function post(room: number, body: string, beside: outbox.Beside = {}) {
  if (inRoom(beside) && lines.get(room)?.shown.newer) void toLatest(room)
  const kept = outbox.add(room, body, beside)
  flush()
  await kept
}

export async function retry(nonce: string) {
  await outbox.retry(nonce)
  flush()
}

export const discard = outbox.discard

export async function edit(id: number, body: string) {
  told(await call('messages.edit', { message: id, body }))
}

export async function remove(id: number) {
  told(await call('messages.delete', { message: id }))
}

/** Shows a message that an answer brought; the change about it may come before or after. */
export function told(message: Message) {
  if (inRoom(message)) lines.get(message.room)?.told(message)
  for (const hear of ears) hear(message)
}

/** From now on told is told to this one too: answers stand in lists that this module does not know. */
export function onTold(hear: (message: Message) => void) {
  ears.push(hear)
}

export function apply(change: Change) {
  for (const { room, author, at } of change.messages ?? []) {
    if (author === session.user) saidAt.set(room, Math.max(saidAt.get(room) ?? 0, Date.parse(at)))
  }
  const rows = change.messages?.filter(inRoom)
  if (rows?.length) lines.get(roomOf(change.topic) ?? 0)?.apply(rows)
}

/** The rows of the room are not to be trusted any more. A room that is shown is read afresh by resume(). */
export function drop(room: number) {
  const line = lines.get(room)
  line?.empty()
  if (line?.shown !== shown.timeline) lines.delete(room)
}

export function clear() {
  saidAt.clear()
  for (const room of [...lines.keys()]) drop(room)
}

/** In step again: marks what came meanwhile as new, reads what could not be read, sends what could not be sent. */
export function resume() {
  flush(true)
  const line = lineShown()
  if (line && hears(line.shown.room)) line.resume(newAfter(line.shown.room))
}

/** The tab is shown again, with the room that was left open in it. */
export function lookAgain() {
  const line = lineShown()
  line?.lookAgain(newAfter(line.shown.room))
}

const lineShown = () => shown.timeline && lines.get(shown.timeline.room)

function newAfter(room: number): number | null {
  const view = mine.get(room)
  return view?.unread ? (view.read_seq ?? 0) : null
}

/** Another tab has changed what waits, and may be gone before it has sent it. Without locks both would send it, always. */
export async function takeOver() {
  await outbox.load()
  if (navigator.locks && outbox.outbox.entries.some((entry) => entry.state === 'waiting')) flush(true)
}

function flush(stale = false) {
  void outbox.drain(async ({ room, body, nonce, thread, also, kind, files = [] }) => {
    const ids = files.map((file) => file.id)
    const message = await call('messages.post', { room, body, nonce, thread, also, kind, files: ids })
    told(message)
    return message
  }, stale)
}

function sourceOf(room: number): Source {
  const topic = roomTopic(room)
  return {
    page: async (where) => ofPage(await call('messages.page', { room, limit: PAGE, ...where })),
    kept: async () => {
      const tail = await db.tail(topic, held.get(topic) ?? Infinity)
      const list = tail?.messages.filter(inRoom)
      return tail && list?.length ? { from: tail.from, to: Infinity, list } : undefined
    },
    keep: ({ from, to, list }) => {
      if (to === Infinity) void db.keepTail(topic, held.get(topic) ?? 0, { from, messages: list })
    },
  }
}
