/**
 * Who is in a room, for the panel that shows it. Lazy: it registers itself with sync.ts. Every act throws a CallError.
 *
 * For components:
 *   roster(room)            reactive {members: Member[], more, loading}; asks for the first hundred when it is first called
 *   moreMembers(room)       the next hundred, while `more`
 *   addMembers(room, users), removeMember(room, user), setMemberRole(room, user, role)
 */
import { shallowReactive } from 'vue'

import { type Params, type Result, call } from '../socket'
import { attach } from '../sync'
import { roomOf } from '../topics'
import type { Change, Member } from '../wire'
import { put } from './users'

export interface Roster {
  members: Member[]
  more: boolean
  loading: boolean
}

/** `rows` holds tombstones too: a page that was read before a removal must not bring the member back. */
interface Kept {
  shown: Roster
  rows: Map<number, Member>
  last: number
}

const rosters = new Map<number, Kept>()

export function roster(room: number): Roster {
  const known = rosters.get(room)
  if (known) return known.shown
  const shown: Roster = shallowReactive({ members: [], more: true, loading: false })
  rosters.set(room, { shown, rows: new Map(), last: 0 })
  moreMembers(room).catch(() => undefined)
  return shown
}

export async function moreMembers(room: number) {
  const kept = rosters.get(room)
  if (!kept || kept.shown.loading || !kept.shown.more) return
  const { rows } = kept
  kept.shown.loading = true
  try {
    const answer = await call('members.page', { room, after: kept.last })
    answer.users.forEach(put)
    if (rows === kept.rows) extend(kept, answer)
  } finally {
    kept.shown.loading = false
  }
}

function extend(kept: Kept, { members, more }: Result<'members.page'>) {
  kept.last = members.at(-1)?.user ?? kept.last
  kept.shown.more = more
  upsert(kept, members)
}

function upsert({ shown, rows, last }: Kept, members: Member[]) {
  for (const row of members) {
    if ((rows.get(row.user)?.rev ?? 0) <= (row.rev ?? 0)) rows.set(row.user, row)
  }
  const within = [...rows.values()].filter((row) => !row.deleted && (!shown.more || row.user <= last))
  shown.members = within.sort((a, b) => a.user - b.user)
}

export const addMembers = (room: number, users: number[]) =>
  Promise.all(users.map((user) => call('members.add', { room, user })))
export const removeMember = (room: number, user: number) => call('members.remove', { room, user })
export const setMemberRole = (room: number, user: number, role: Params<'members.role'>['role']) =>
  call('members.role', { room, user, role })

function apply(change: Change) {
  const kept = rosters.get(roomOf(change.topic) ?? 0)
  if (kept && change.members) upsert(kept, change.members)
}

/** A list that is shown is read afresh. */
function drop(room: number) {
  const kept = rosters.get(room)
  if (!kept) return
  Object.assign(kept, { rows: new Map(), last: 0 })
  Object.assign(kept.shown, { members: [], more: true, loading: false })
  moreMembers(room).catch(() => undefined)
}

/** In step again: reads the lists that could not be read. */
function resume() {
  for (const [room, { last }] of rosters) if (!last) moreMembers(room).catch(() => undefined)
}

attach({ apply, drop, resume, clear: () => rosters.clear() })
