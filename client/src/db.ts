/**
 * What this browser keeps: the rows of one user's topics, in an IndexedDB of their own.
 *
 * It is one more holder of topics and obeys their rule: a change and the seq that it leads to are written in one
 * transaction, a known one is ignored, and after a hole nothing more is kept of the topic until the next start.
 * So several tabs may write here at once. Where the browser gives no database, or has no room left, nothing is
 * kept and all else works. It knows neither the stores nor the socket.
 */
import { Table, deleteDatabase, ended, openDatabase } from './indexed'
import { roomOf, roomTopic, userTopic } from './topics'
import * as unkept from './unkept'
import type { Change, File, Message, Methods, Mine, Room, Settings, User } from './wire'

const VERSION = 1
const KEPT_MESSAGES = 500
const SPARE_MESSAGES = 100
/** Of this many rooms that one was in last so much is kept; of the others what the first look shows. */
const KEPT_ROOMS = 30
const FIRST_LOOK = 50

/** What goes with a post's words: which message they answer, whether they are to stand in the room too, and files. */
export interface Beside {
  thread?: number
  also?: boolean
  /** They are what one does. */
  kind?: 'me'
  /** Of one's own, which the server has. */
  files?: File[]
}

/** A post that is not acknowledged yet. `error` is the server's sentence when it was refused. */
export interface Entry extends Beside {
  nonce: string
  room: number
  body: string
  /** Milliseconds since 1970; entries go out in this order. */
  at: number
  state: 'waiting' | 'failed'
  error: string
}

/** Of a room, the messages kept are those from `from` on, and `visited` is when one was in it, if that was of late. */
interface Topic {
  topic: string
  seq: number
  from: number
  visited?: number
}

interface Rows {
  meta: { key: 'epoch'; value: string }
  topics: { key: string; value: Topic }
  users: { key: number; value: User }
  rooms: { key: number; value: Room }
  mine: { key: number; value: Mine }
  settings: { key: number; value: Settings }
  messages: { key: [room: number, seq: number]; value: Message }
  outbox: { key: string; value: Entry }
}

type Kind = 'users' | 'rooms' | 'mine' | 'settings' | 'messages'
type Row<K extends Kind> = Rows[K]['value']
type Name = keyof Rows

interface Rule<K extends Kind> {
  of(change: Change): (Row<K> | null | undefined)[]
  key(row: Row<K>): Rows[K]['key']
  /** Which of two versions is newer. */
  age(row: Row<K>): number
}

/** Every kind of row that is kept. Members are not: their list is read when it is shown. */
const kinds: { [K in Kind]: Rule<K> } = {
  users: { of: (change) => change.users ?? [], key: (row) => row.id, age: (row) => row.rev ?? 0 },
  rooms: { of: (change) => [change.room, ...(change.rooms ?? []).filter((row) => !row.gone)], key: (row) => row.id, age: (row) => row.seq ?? 0 },
  mine: { of: (change) => change.mine ?? [], key: (row) => row.room, age: (row) => row.rev ?? 0 },
  settings: { of: (change) => [change.settings], key: () => 0, age: (row) => row.rev ?? 0 },
  messages: {
    of: (change) => change.messages ?? [],
    key: (row) => [row.room, row.seq],
    age: (row) => row.rev ?? 0,
  },
}

const names = Object.keys(kinds) as Kind[]
const all: Name[] = ['meta', 'topics', ...names]

/** What a tab opens with. */
export interface Kept {
  epoch: string
  topics: Topic[]
  users: User[]
  rooms: Room[]
  mine: Mine[]
  settings: Settings | undefined
}

/** The newest messages of a room, whole from `from` on. */
export interface Tail {
  from: number
  messages: Message[]
}

let owner: number | undefined
let db: IDBDatabase | undefined
/** Who is told when the database is taken away. */
let mourn = () => {}

/** Opens what is kept for a user, and reads all but the messages; keeps no rows of whoever was here before. Never fails. */
export async function open(user: number): Promise<Kept | undefined> {
  if (owner !== user) await forgetRows()
  close()
  owner = user
  try {
    db = await openDatabase(nameOf(user), VERSION, [...all, 'outbox'], lost)
    return await read(db)
  } catch {
    close()
    return undefined
  }
}

const nameOf = (user: number) => `chinwag-${user}`

/** From now on, when the database is taken away, `hear` is called: what was in it and matters is to be put again. */
export function onLost(hear: () => void) {
  mourn = hear
}

function lost() {
  db = undefined
  mourn()
}

function close() {
  db?.close()
  db = undefined
}

function table<N extends Name>(tx: IDBTransaction, name: N) {
  return new Table<Rows[N]['key'], Rows[N]['value']>(tx.objectStore(name))
}

async function read(db: IDBDatabase): Promise<Kept | undefined> {
  const tx = db.transaction(['meta', 'topics', 'users', 'rooms', 'mine', 'settings'])
  const [epoch, topics, users, rooms, mine, settings] = await Promise.all([
    table(tx, 'meta').get('epoch'),
    table(tx, 'topics').all(),
    table(tx, 'users').all(),
    table(tx, 'rooms').all(),
    table(tx, 'mine').all(),
    table(tx, 'settings').get(0),
  ])
  if (epoch === undefined) return undefined
  return { epoch, topics, users, rooms, mine, settings }
}

/** Does all of the work or, when any of it fails, nothing. */
async function write(work: (tx: IDBTransaction) => Promise<unknown>, stores = all) {
  try {
    const tx = db?.transaction(stores, 'readwrite')
    if (!tx) return
    const done = ended(tx)
    try {
      await work(tx)
    } catch {
      tx.abort()
    }
    await done
  } catch {
    // The database is full, closed or gone: what it holds is still true, only older.
  }
}

/** Keeps the rows of these changes and the seqs that they lead to; together, as each transaction has its price. */
export function keep(changes: Change[]): Promise<void> {
  return write(async (tx) => {
    const topics = table(tx, 'topics')
    const changed = new Map<string, Topic>()
    for (const change of changes) {
      const topic = changed.get(change.topic) ?? (await topics.get(change.topic))
      if (!topic || change.seq <= topic.seq || (change.since ?? change.seq - 1) > topic.seq) continue
      await putAll(tx, { ...change, messages: change.messages?.filter((row) => row.seq >= topic.from) })
      changed.set(change.topic, { ...topic, seq: change.seq })
    }
    for (const topic of changed.values()) await topics.put({ ...topic, from: await trim(tx, topic) }, topic.topic)
  })
}

async function putAll(tx: IDBTransaction, change: Change) {
  for (const kind of names) await put(tx, kind, kinds[kind] as Rule<Kind>, change)
}

async function put<K extends Kind>(tx: IDBTransaction, kind: K, { of, key, age }: Rule<K>, change: Change) {
  const store = new Table<Rows[K]['key'], Row<K>>(tx.objectStore(kind))
  for (const row of of(change)) {
    if (!row) continue
    const old = await store.get(key(row))
    if (old && age(old) > age(row)) continue
    if (row.deleted) await store.delete(key(row))
    else await store.put(row, key(row))
  }
}

/** Lets the oldest messages of a room go when there are too many. Returns from where it is whole now. */
async function trim(tx: IDBTransaction, { topic, from, visited }: Topic): Promise<number> {
  const most = visited ? KEPT_MESSAGES : FIRST_LOOK
  const store = table(tx, 'messages')
  const places = placesOf(topic)
  if ((await store.count(places)) <= most + SPARE_MESSAGES) return from
  const first = (await store.keys(places)).at(-most)
  if (!first) return from
  await store.delete(IDBKeyRange.bound(places.lower, first, false, true))
  return first[1]
}

/** One is in this room: more of it is kept than of those that one never opens. */
export function visit(topic: string): Promise<void> {
  return write(async (tx) => {
    const kept = await table(tx, 'topics').get(topic)
    if (kept) await table(tx, 'topics').put({ ...kept, visited: Date.now() }, topic)
  })
}

/** Lets all but the last messages go of rooms that one has not been in for long. */
async function sweep(tx: IDBTransaction) {
  const topics = table(tx, 'topics')
  const visited = (await topics.all()).filter((one) => one.visited).sort((a, b) => (b.visited ?? 0) - (a.visited ?? 0))
  for (const { visited: _, ...topic } of visited.slice(KEPT_ROOMS)) {
    await topics.put({ ...topic, from: await trim(tx, topic) }, topic.topic)
  }
}

/** The keys of a room's messages; none for the other topics. */
function placesOf(topic: string, from = 0): IDBKeyRange {
  const room = roomOf(topic) ?? 0
  return IDBKeyRange.bound([room, from], [room, Infinity])
}

/**
 * Keeps the answer to sync.start but its changes: what is whole in it, what is held from now on without messages
 * (`fresh`), and what is not held any more.
 */
export function keepStart(answer: Methods['sync.start']['result'], fresh: string[]): Promise<void> {
  return write(async (tx) => {
    const meta = table(tx, 'meta')
    const topics = table(tx, 'topics')
    const own = userTopic(answer.me.id)
    if ((await meta.get('epoch')) !== answer.epoch) await clear(tx)
    else if (((await topics.get(own))?.seq ?? 0) > (answer.topics[own] ?? 0)) return // another tab knows better
    await meta.put(answer.epoch, 'epoch')
    const { users, rooms, mine, settings } = answer
    const within = new Set(mine.map((row) => roomTopic(row.room)))
    // A room that is only read is not kept.
    const kept = new Map(Object.entries(answer.topics).filter(([topic]) => !roomOf(topic) || within.has(topic)))
    for (const topic of await topics.keys()) if (!kept.has(topic)) await forget(tx, topic)
    for (const [topic, seq] of kept) {
      const anew = fresh.includes(topic) && !(await topics.get(topic))
      if (anew || answer.reset.includes(topic)) await hold(tx, topic, seq)
    }
    await Promise.all([table(tx, 'rooms').clear(), table(tx, 'mine').clear()])
    await putAll(tx, { topic: own, seq: 0, users, rooms, mine, settings })
    await sweep(tx)
  })
}

/** Keeps that a topic is held from `seq` on; as another tab keeps it, if one does. */
export function keepHeld(topic: string, seq: number): Promise<void> {
  return write(async (tx) => {
    if (!(await table(tx, 'topics').get(topic))) await hold(tx, topic, seq)
  })
}

/** Keeps nothing of a topic any more. */
export function drop(topic: string): Promise<void> {
  return write(async (tx) => {
    await forget(tx, topic)
    await table(tx, 'rooms').delete(roomOf(topic) ?? 0)
  })
}

async function hold(tx: IDBTransaction, topic: string, seq: number) {
  await forget(tx, topic)
  await table(tx, 'topics').put({ topic, seq, from: seq + 1 }, topic)
}

async function forget(tx: IDBTransaction, topic: string) {
  await table(tx, 'messages').delete(placesOf(topic))
  await table(tx, 'topics').delete(topic)
}

async function clear(tx: IDBTransaction) {
  await Promise.all(all.map((store) => table(tx, store).clear()))
}

/** Keeps what a page brought, when that goes on to the messages kept: whole from `from` on, at `seq` or later. */
export function keepTail(topic: string, seq: number, { from, messages }: Tail): Promise<void> {
  return write(async (tx) => {
    const topics = table(tx, 'topics')
    const kept = await topics.get(topic)
    if (!kept || kept.seq > seq || kept.from <= from) return
    await putAll(tx, { topic, seq, messages: messages.filter((row) => row.seq < kept.from) })
    await topics.put({ ...kept, from: await trim(tx, { ...kept, from }) }, topic)
  })
}

/** The newest messages of a room, when they are kept up to `seq`. */
export async function tail(topic: string, seq: number): Promise<Tail | undefined> {
  try {
    const tx = db?.transaction(['topics', 'messages'])
    const kept = tx && (await table(tx, 'topics').get(topic))
    if (!tx || !kept || kept.seq < seq) return undefined
    return { from: kept.from, messages: await table(tx, 'messages').all(placesOf(topic, kept.from)) }
  } catch {
    return undefined
  }
}

/** Forgets all rows, but not the outbox: whoever was signed out may sign in again. */
export function forgetRows(): Promise<void> {
  return write(clear)
}

/** Forgets everything. */
export async function wipe() {
  const user = owner
  if (user !== undefined) unkept.clear(user)
  await write(clear)
  await write((tx) => table(tx, 'outbox').clear(), ['outbox'])
  close()
  // Cleared first, as deleting waits for every other tab.
  if (user !== undefined) void quietly(() => deleteDatabase(nameOf(user)))
}

/** What waits to be sent, the oldest first. */
export async function entries(): Promise<Entry[]> {
  const kept = await quietly(async () => db && table(db.transaction('outbox'), 'outbox').all())
  const known = [...(kept ?? []), ...(owner === undefined ? [] : unkept.all(owner))]
  return [...new Map(known.map((entry) => [entry.nonce, entry])).values()].sort((a, b) => a.at - b.at)
}

/** Not lost from the next line on, whatever becomes of this page. */
export async function putEntry(entry: Entry) {
  const user = owner
  if (user === undefined) return
  unkept.put(user, entry)
  await write(async (tx) => {
    await table(tx, 'outbox').put(entry, entry.nonce)
    tx.addEventListener('complete', () => unkept.remove(user, entry.nonce))
  }, ['outbox'])
}

export async function removeEntry(nonce: string) {
  if (owner !== undefined) unkept.remove(owner, nonce)
  await write((tx) => table(tx, 'outbox').delete(nonce), ['outbox'])
}

async function quietly<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch {
    return undefined
  }
}
