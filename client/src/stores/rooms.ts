/**
 * The rooms one may see, and one's own view of those one is in. Every act throws a CallError.
 *
 * For components:
 *   rooms                Map of id to Room: those one is in, and public ones that were browsed; reactive
 *   mine                 Map of room id to Mine: exactly the rooms one is in; reactive. `unread` is live
 *   myRooms              computed: the rooms one is in, by name
 *   visited              the public room that one reads without being in it, or 0; `heard` says whether one may, once that is
 *                        known; reactive, written by sync.ts alone
 *   hears(room)          whether what is said there is heard: one is in it, or reads it
 *   bySlug(slug)         the room with this slug, if it is known
 *   inRoom(message)      whether it stands in the room, not in a thread alone
 *   setMine({room, notify?, starred?, muted_until?})   one's own view of it; `muted_until` null: no longer muted
 *   browse, createRoom, editRoom, archiveRoom, joinRoom, leaveRoom, directRoom
 *
 * After createRoom, joinRoom or directRoom the room is in `rooms` at once and in `mine` a moment later (the change says so).
 */
import { computed, shallowReactive } from 'vue'

import { type Params, call } from '../socket'
import { roomOf } from '../topics'
import type { Change, Message, Mine, Room } from '../wire'
import { session } from './session'

/** The server stops counting here. */
export const MANY_UNREAD = 1_000

const REMEMBERED = 32

/** Whether a message stands in its room; the other answers stand in their threads alone. */
export const inRoom = ({ thread, also }: Pick<Message, 'thread' | 'also'>) => !thread || also === true

/** What a change said of messages, as far as counting needs it. */
type Counted = { seq: number; messages: Pick<Message, 'seq' | 'author' | 'rev' | 'deleted'>[] }

export const rooms = shallowReactive(new Map<number, Room>())
export const mine = shallowReactive(new Map<number, Mine>())
export const visited = shallowReactive({ room: 0, heard: undefined as boolean | undefined })

export const hears = (room: number) => mine.has(room) || (visited.room === room && visited.heard)

/** Made when there is something to sort: a browser takes its time for it. */
let names: Intl.Collator | undefined

/** "Bed 9" stands before "Bed 10". */
function byName(one: Room, other: Room): number {
  names ??= new Intl.Collator(undefined, { numeric: true })
  return names.compare(one.name, other.name)
}

export const myRooms = computed(() => {
  const known = [...mine.keys()].map((id) => rooms.get(id)).filter((room) => room !== undefined)
  return known.sort(byName)
})

/** The last changes of each room: a Mine row may have been counted before them and arrive after. */
const recent = new Map<number, Counted[]>()

export function bySlug(slug: string): Room | undefined {
  for (const room of rooms.values()) if (room.slug === slug) return room
  return undefined
}

export async function browse(params: Params<'rooms.browse'>) {
  const answer = await call('rooms.browse', params)
  answer.rooms.forEach(putRoom)
  return answer
}

export const createRoom = async (params: Params<'rooms.create'>) => seen(await call('rooms.create', params))
export const editRoom = async (params: Params<'rooms.edit'>) => seen(await call('rooms.edit', params))
export const archiveRoom = async (room: number, on: boolean) => seen(await call('rooms.archive', { room, on }))
export const joinRoom = async (room: number) => seen(await call('rooms.join', { room }))
export const directRoom = async (users: number[]) => seen(await call('rooms.direct', { users }))
export const setMine = async (params: Params<'mine.set'>) => putMine(await call('mine.set', params))
export const leaveRoom = (room: number) => call('rooms.leave', { room })

function seen(room: Room): Room {
  putRoom(room)
  return room
}

/** Rows of a room come by several topics and in any order: the higher seq is the newer. */
export function putRoom(row: Room) {
  const old = rooms.get(row.id)
  if (old && (old.seq ?? 0) > (row.seq ?? 0)) return
  if (row.deleted) rooms.delete(row.id)
  else rooms.set(row.id, row)
}

export function putMine(row: Mine) {
  if (row.deleted) return dropMine(row.room)
  const newer = recent.get(row.room) ?? []
  mine.set(
    row.room,
    newer.reduce((counted, change) => count(counted, change, session.user), row),
  )
}

function dropMine(room: number) {
  mine.delete(room)
  recent.delete(room)
  if (rooms.get(room)?.kind !== 'public') rooms.delete(room)
}

/** Brings the unread count of a row from `at_seq` to the change's seq. */
export function count(row: Mine, change: Counted, me: number | null): Mine {
  const { at_seq: at = 0, read_seq: read = 0, unread = 0 } = row
  if (change.seq <= at) return row
  let more = 0
  for (const message of change.messages) {
    if (message.author === me || message.seq <= read) continue
    if (!message.deleted && message.seq > at) more += 1
    if (message.deleted && message.seq <= at && (message.rev ?? 0) > at) more -= 1
  }
  const sum = unread >= MANY_UNREAD ? unread : Math.max(0, Math.min(MANY_UNREAD, unread + more))
  return { ...row, unread: sum, at_seq: change.seq }
}

/** One's own act, before the server has heard of it: everything to `seq`, where a message is, was read. */
export function readTo(room: number, seq: number) {
  const row = mine.get(room)
  if (row && (row.read_seq ?? 0) < seq) putMine({ ...row, read_seq: seq, unread: 0, at_seq: seq })
}

/** The rooms one is in, whole. */
export function putAll(all: Room[], views: Mine[]) {
  const still = new Set(views.map((row) => row.room))
  for (const room of mine.keys()) if (!still.has(room)) dropMine(room)
  all.forEach(putRoom)
  views.forEach(putMine)
}

export function apply(change: Change) {
  if (change.room) putRoom(change.room)
  change.rooms?.forEach((row) => row.gone || putRoom(row)) // its `mine` says the same
  change.mine?.forEach(putMine)
  if (change.messages) countIn(roomOf(change.topic) ?? 0, change.seq, change.messages)
}

function countIn(room: number, seq: number, messages: Message[]) {
  const row = mine.get(room)
  if (!row) return
  const counted = {
    seq,
    messages: messages.filter(inRoom).map(({ seq, author, rev, deleted }) => ({ seq, author, rev, deleted })),
  }
  recent.set(room, [...(recent.get(room) ?? []), counted].slice(-REMEMBERED))
  mine.set(room, count(row, counted, session.user))
}

export function drop(room: number) {
  recent.delete(room)
}

export function clear() {
  rooms.clear()
  mine.clear()
  recent.clear()
}
