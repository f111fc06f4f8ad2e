/**
 * Keeps the stores, and what this browser keeps, in step with the server. It alone writes what the server told.
 *
 * main.ts calls start() once: it opens from what is kept and connects. The rules are in docs/protocol.md.
 */
import { recall, remember } from './composables/remembered'
import * as db from './db'
import { CallError } from './errors'
import * as outbox from './outbox'
import * as socket from './socket'
import { connection } from './stores/connection'
import * as later from './stores/later'
import * as messages from './stores/messages'
import * as own from './stores/own'
import * as presence from './stores/presence'
import * as reads from './stores/reads'
import * as rooms from './stores/rooms'
import * as session from './stores/session'
import * as users from './stores/users'
import * as tabs from './tabs'
import { WORKSPACE, held, roomOf, roomTopic } from './topics'
import { Turns } from './turns'
import type { Change, Notices } from './wire'
import { t } from './words'

/** A store takes from a change what is its own, lets go of a room, of one's own rows, or of everything, and goes on when in step again. */
export interface Store {
  apply?(change: Change): void
  drop?(room: number): void
  dropOwn?(): void
  clear(): void
  resume?(): void
}

const stores: Store[] = [users, session, rooms, own, later, presence, reads, messages, outbox]

const BANNED = 4503
const NOT_SIGNED_IN = [socket.SIGNED_OUT, 4502]
const REMEMBERED = 'user'
const PACE_MS = 100

let epoch: string | undefined
/** One with each start and each cut: what was under way before counts no more. */
const turns = new Turns()
/** What came and was not looked at yet. */
let queue: Change[] = []
let pace: ReturnType<typeof setTimeout> | undefined
/** What came before the answer to sync.start. */
let early: Change[] | undefined
/** What came while a hole in its topic is asked for. */
const asking = new Map<string, Change[]>()

/** What was put into the stores, and is kept with all that is put there now. */
const unkept: Change[] = []

/** Until what is kept is there, nothing is asked for. */
let opening: Promise<void> | undefined

/** From now on this store is told too. Those of lazy parts read what was before by themselves. */
export function attach(store: Store) {
  stores.push(store)
}

export async function start() {
  tabs.listen(heardTab)
  presence.watchTab()
  reads.watchReading()
  const user = Number(recall(REMEMBERED))
  if (user) opening = become(user)
  socket.start({ opened: () => void begin(), heard, closed })
  await opening
  opening = undefined
}

/** Opens what is kept for a user; nothing of another's is left. */
async function become(user: number) {
  forget()
  session.session.user = user
  remember(REMEMBERED, String(user))
  const kept = await db.open(user)
  if (kept) {
    epoch = kept.epoch
    for (const { topic, seq } of kept.topics) held.set(topic, seq)
    const { users, rooms, mine, settings } = kept
    for (const store of stores) store.apply?.({ topic: WORKSPACE, seq: 0, users, rooms, mine, settings })
  }
  await outbox.load()
}

function forget() {
  epoch = undefined
  held.clear()
  for (const store of stores) store.clear()
}

async function begin() {
  const counts = turns.next()
  if (opening) await opening
  if (!counts()) return
  early = []
  asking.clear()
  if (connection.state !== 'offline' && connection.state !== 'online') connection.state = 'connecting'
  try {
    const answer = await socket.call('sync.start', { epoch, topics: Object.fromEntries(held) })
    if (!counts()) return
    if (answer.me.id !== session.session.user) {
      await become(answer.me.id)
      if (!counts()) return
      if (held.size) return await begin()
    }
    if (epoch !== undefined && epoch !== answer.epoch) await startOver()
    if (counts()) settle(answer)
  } catch (error) {
    if (counts()) refused(error)
  }
}

/**
 * From now on one reads this public room without being in it, or none (0). Its topic is named in each start, in one at
 * once if there is a connection, from the seq of its row on: what changed since then belongs to that.
 */
export function visit(room: number) {
  const before = rooms.visited.room
  if (before === room) return
  Object.assign(rooms.visited, { room, heard: undefined })
  const ends = before !== 0 && !rooms.mine.has(before)
  if (ends) letGo(roomTopic(before))
  if (room) {
    dropRows(roomTopic(room)) // known from an earlier visit
    held.set(roomTopic(room), rooms.rooms.get(room)?.seq ?? 0)
  }
  if ((ends || room) && (early || connection.state === 'online')) void begin()
}

function settle(answer: socket.Result<'sync.start'>) {
  epoch = answer.epoch
  const read = roomTopic(rooms.visited.room)
  const fresh = Object.keys(answer.topics).filter((topic) => !held.has(topic) || topic === read)
  void db.keepStart(answer, fresh)
  for (const [topic, seq] of Object.entries(answer.topics)) {
    if (!held.has(topic) || answer.reset.includes(topic)) held.set(topic, seq)
  }
  rooms.putAll(answer.rooms, answer.mine)
  users.apply({ topic: WORKSPACE, seq: 0, users: [...answer.users, answer.me] })
  session.putSettings(answer.settings)
  own.putAll(answer)
  later.putAll(answer)
  presence.putAll(answer.presence)
  rooms.visited.heard = read in answer.topics
  for (const topic of [...held.keys()]) if (!(topic in answer.topics) || isLeft(topic)) letGo(topic)
  answer.reset.forEach(dropRows)
  const waiting = [...answer.changes, ...(early ?? [])]
  early = undefined
  waiting.forEach(take)
  online()
}

/** It is of a room that one left meanwhile elsewhere: a public one is still heard by whoever names it. */
function isLeft(topic: string) {
  const room = roomOf(topic)
  return room !== undefined && room !== rooms.visited.room && !rooms.mine.has(room)
}

/** The server's database is another one, or an older copy: rooms and seqs may mean something else. */
async function startOver() {
  held.clear()
  for (const store of stores) if (store !== session && store !== outbox) store.clear()
  await outbox.failAll(t('restored'))
}

function online() {
  Object.assign(connection, { state: 'online', retryAt: null })
  socket.settled()
  for (const store of stores) store.resume?.()
}

function refused(error: unknown) {
  if (!(error instanceof CallError)) console.error(error)
  if (error instanceof CallError && error.kind === 'unauthorized') socket.end(socket.SIGNED_OUT)
  else socket.retry()
}

function heard<N extends keyof Notices>(notice: N, params: Notices[N]) {
  if (notice === 'change') {
    queue.push(params as Change)
    pace ??= takeAll()
  }
  if (notice === 'presence') presence.hear((params as Notices['presence']).users)
  if (notice === 'typing') presence.hearTyping(params as Notices['typing'])
}

/** Takes what came, and nothing more until a moment later: where much is said one can still write. */
function takeAll() {
  queue.splice(0).forEach(take)
  return setTimeout(() => {
    pace = undefined
    if (queue.length) pace = takeAll()
  }, PACE_MS)
}

/** The rule of a topic: once, in order, without holes. */
function take(change: Change) {
  const waiting = early ?? asking.get(change.topic)
  const seq = held.get(change.topic)
  if (waiting) waiting.push(change)
  else if (seq === undefined) return
  else if (change.seq <= seq) return
  else if (change.reset) void begin()
  else if ((change.since ?? change.seq - 1) > seq) void ask(change.topic, seq, [change])
  else put(change)
}

function put(change: Change) {
  held.set(change.topic, change.seq)
  for (const store of stores) store.apply?.(change)
  const view = rooms.mine.get(roomOf(change.topic) ?? 0)
  if (!unkept.length) queueMicrotask(() => void db.keep(unkept.splice(0)))
  unkept.push(view ? { ...change, mine: [view] } : change)
  for (const row of change.mine ?? []) {
    if (row.deleted) letGo(roomTopic(row.room))
    else letIn(row.room, row.at_seq ?? 0)
  }
}

/** One is in a room: its topic is heard from this seq on. A change may have passed before that was known. */
function letIn(room: number, seq: number) {
  const topic = roomTopic(room)
  const known = held.get(topic)
  // What one has read until now goes on, and is kept from now on.
  if (rooms.visited.room === room) rooms.visited.room = 0
  else if (known !== undefined) return
  held.set(topic, known ?? seq)
  void db.keepHeld(topic, known ?? seq)
  void ask(topic, known ?? seq, [])
}

function letGo(topic: string) {
  if (roomOf(topic) === rooms.visited.room) rooms.visited.heard = false
  held.delete(topic)
  asking.delete(topic)
  void db.drop(topic)
  dropRows(topic)
}

function dropRows(topic: string) {
  const room = roomOf(topic)
  for (const store of stores) {
    if (room !== undefined) store.drop?.(room)
    else if (topic !== WORKSPACE) store.dropOwn?.()
  }
}

/** Asks for what is missing; what comes meanwhile waits. */
async function ask(topic: string, since: number, waiting: Change[]) {
  asking.set(topic, waiting)
  try {
    const change = await socket.call('sync.changes', { topic, since })
    if (asking.get(topic) !== waiting) return
    asking.delete(topic)
    for (const one of [change, ...waiting]) take(one)
  } catch (error) {
    if (asking.get(topic) !== waiting) return
    asking.delete(topic)
    // Not found: one is no longer in the room, and will hear of it.
    if (!(error instanceof CallError && error.kind === 'not_found')) refused(error)
  }
}

function closed(code: number, retryAt: number | null) {
  turns.next()
  queue = []
  early = undefined
  asking.clear()
  presence.clear()
  Object.assign(connection, { state: stateAfter(code, retryAt), code, retryAt })
  if (connection.state === 'signed-out') leave(db.forgetRows)
  if (connection.state === 'banned') leave(db.wipe)
}

function stateAfter(code: number, retryAt: number | null) {
  if (retryAt !== null) return 'offline'
  if (NOT_SIGNED_IN.includes(code)) return 'signed-out'
  return code === BANNED ? 'banned' : 'failed'
}

function leave(wipe: () => Promise<void>) {
  forget()
  remember(REMEMBERED, null)
  void wipe()
}

function heardTab(word: tabs.Word) {
  if (word.kind === 'signed-in') socket.open()
  if (word.kind === 'signed-out') {
    socket.end(socket.SIGNED_OUT)
    void db.wipe()
  }
  if (word.kind === 'read' && word.user === session.session.user) rooms.readTo(word.room, word.seq)
  if (word.kind === 'outbox' && word.user === session.session.user) {
    if (word.sent) messages.told(word.sent)
    void messages.takeOver()
  }
}
