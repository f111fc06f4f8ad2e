/**
 * The threads that are shown, and which of those one follows have something unread. Lazy: it registers itself with sync.ts.
 * Every act throws a CallError.
 *
 * For components:
 *   openThread(room, thread, seq?): Talk    shows the answers to a message; `talk.line` as in messages.ts
 *   closeThread()          none is shown any more
 *   Talk (reactive)        root     the message that is answered, a tombstone perhaps; undefined until it is known
 *                          gone     one may not see it, or it does not exist
 *   follows                Map of thread to Thread: one's own view, as far as it is known; reactive
 *   isThreadShown(thread)
 *   follow(thread, on)
 *   rootAt(room, seq)      the message that is answered by the one with this seq, if that stands in a thread alone
 *
 * What is shown at its end in a visible tab is marked as read.
 */
import { ref, shallowReactive, watchEffect } from 'vue'

import type { CallError } from '../errors'
import { Line, PAGE, type Source } from '../line'
import { call } from '../socket'
import { ofPage } from '../span'
import { attach } from '../sync'
import type { Change, Message, Methods, Thread } from '../wire'
import { onTold } from './messages'
import { mine } from './rooms'
import { session } from './session'

export interface Talk {
  readonly thread: number
  readonly room: number
  readonly line: Line
  root: Message | undefined
  gone: boolean
}

type Page = Methods['messages.page']['result']

const MOST_TALKS = 20
const DWELL_MS = 500

export const follows = shallowReactive(new Map<number, Thread>())

const talks = new Map<number, Talk>()
const shown = shallowReactive({ talk: null as Talk | null })
/** Up to where the answers of a thread are marked, or are to be. */
const marks = new Map<number, number>()
/** Up to where the server has heard it. */
const sent = new Map<number, number>()
let timer: ReturnType<typeof setTimeout> | undefined

export function openThread(room: number, thread: number, seq?: number): Talk {
  const talk = talks.get(thread) ?? newTalk(room, thread)
  talks.delete(thread)
  talks.set(thread, talk)
  for (const oldest of talks.keys()) if (talks.size > MOST_TALKS) talks.delete(oldest)
  shown.talk = talk
  talk.line.open(newAfter(thread), seq)
  return talk
}

export function closeThread() {
  shown.talk = null
}

export const isThreadShown = (thread: number) => shown.talk?.thread === thread

export async function follow(thread: number, on: boolean) {
  put(await call('threads.follow', { message: thread, on }))
}

export async function rootAt(room: number, seq: number): Promise<Message | undefined> {
  const { root } = await call('messages.page', { room, around: seq, limit: 1 })
  return root ?? undefined
}

function newTalk(room: number, thread: number): Talk {
  const line = new Line(room, sourceOf(room, thread))
  return shallowReactive({ room, thread, line, root: undefined, gone: false })
}

/** Nothing is kept of threads: of what this browser keeps of a room, the answers may not be whole. */
function sourceOf(room: number, thread: number): Source {
  return {
    page: async (where) => ofPage(known(thread, await read(room, thread, where))),
    kept: async () => undefined,
    keep: () => undefined,
  }
}

async function read(room: number, thread: number, where: object): Promise<Page> {
  try {
    return await call('messages.page', { room, thread, limit: PAGE, ...where })
  } catch (error) {
    const talk = talks.get(thread)
    if (talk && (error as CallError).kind === 'not_found') talk.gone = true
    throw error
  }
}

/** A page says besides its answers what they answer, and how far one has read. */
function known(thread: number, page: Page): Page {
  const talk = talks.get(thread)
  const isNew = !follows.has(thread)
  if (page.follow) put(page.follow)
  if (!talk) return page
  talk.gone = false
  putRoot(talk, page.root)
  const after = newAfter(thread)
  if (isNew && after !== null) {
    talk.line.shown.newAfter ??= after
    talk.line.shown.goal ??= after + 1
  }
  return page
}

function putRoot(talk: Talk, row: Message | null | undefined) {
  if (row && (talk.root?.rev ?? -1) <= (row.rev ?? 0)) talk.root = row
}

function newAfter(thread: number): number | null {
  const view = follows.get(thread)
  return view?.unread ? (view.read_seq ?? 0) : null
}

function put(row: Thread) {
  if ((follows.get(row.thread)?.rev ?? -1) > (row.rev ?? 0)) return
  if (row.deleted) follows.delete(row.thread)
  else follows.set(row.thread, row)
}

function told(message: Message) {
  if (message.thread) talks.get(message.thread)?.line.told(message)
  const talk = talks.get(message.id)
  if (talk) putRoot(talk, message)
}

function apply(change: Change) {
  change.threads?.forEach(put)
  const answers = new Map<Talk, Message[]>()
  for (const row of change.messages ?? []) {
    const root = talks.get(row.id)
    if (root) putRoot(root, row)
    const talk = row.thread ? talks.get(row.thread) : undefined
    if (talk) answers.set(talk, [...(answers.get(talk) ?? []), row])
  }
  for (const [talk, rows] of answers) talk.line.apply(rows)
}

function drop(room: number) {
  for (const [thread, view] of follows) if (view.room === room) follows.delete(thread)
  for (const [thread, talk] of talks) if (talk.room === room) letGo(thread, talk)
}

/** One that is shown is read afresh by resume(). */
function letGo(thread: number, talk: Talk) {
  talk.line.empty()
  talk.root = undefined
  if (talk !== shown.talk) talks.delete(thread)
}

function clear() {
  follows.clear()
  marks.clear()
  sent.clear()
  for (const [thread, talk] of talks) letGo(thread, talk)
}

function resume() {
  flush()
  readUnread()
  if (shown.talk) shown.talk.line.resume(newAfter(shown.talk.thread))
}

/** What came before this was loaded. */
function readUnread() {
  call('threads.page', { unread: true, limit: 100 })
    .then(({ threads }) => threads.forEach((one) => put(one.thread)))
    .catch(() => undefined)
}

function watchReading() {
  const hidden = ref(document.hidden)
  document.addEventListener('visibilitychange', () => {
    hidden.value = document.hidden
    if (!document.hidden && shown.talk) shown.talk.line.lookAgain(newAfter(shown.talk.thread))
  })
  watchEffect(() => {
    const { talk } = shown
    if (!talk || !mine.has(talk.room) || hidden.value || !talk.line.shown.atEnd || talk.line.shown.newer) return
    const last = talk.line.shown.messages.findLast((message) => message.author !== session.user)
    if (last && last.seq > (marks.get(talk.thread) ?? 0)) mark(talk.thread, last.seq)
  })
}

function mark(thread: number, seq: number) {
  marks.set(thread, seq)
  timer ??= setTimeout(flush, DWELL_MS)
}

/** Marks what is not marked yet, also what was read while the server was away. */
function flush() {
  clearTimeout(timer)
  timer = undefined
  for (const [thread, seq] of marks) {
    const view = follows.get(thread)
    if (view && (view.read_seq ?? 0) < seq) follows.set(thread, { ...view, read_seq: seq, unread: 0 })
    void send(thread, seq)
  }
}

async function send(thread: number, seq: number) {
  if ((sent.get(thread) ?? 0) >= seq) return
  try {
    put(await call('threads.mark', { thread, seq }))
  } catch (error) {
    if ((error as CallError).kind === 'unavailable') return // resume() sends it
  }
  sent.set(thread, Math.max(seq, sent.get(thread) ?? 0))
}

attach({ apply, drop, dropOwn: () => follows.clear(), clear, resume })
onTold(told)
watchReading()
readUnread()
