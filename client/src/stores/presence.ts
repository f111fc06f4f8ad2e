/**
 * Who is here and who is typing: in memory alone, and gone by itself.
 *
 * For components:
 *   presence          Map of user id to 'online' | 'away'; who is not in it is offline
 *   typists(room, thread?)    ids of the others who are typing there, longest first; reactive
 *   here(room)        how many of its people are here now; asks the server
 *   typing(room, thread?)     call it at every key press: it tells the server once in three seconds
 */
import { shallowReactive } from 'vue'

import { call } from '../socket'
import type { Change, Presence, Typing } from '../wire'
import { session } from './session'

const TYPING_MS = 6_000
const TELL_MS = 3_000
const AWAY_MS = 5 * 60_000

export const presence = shallowReactive(new Map<number, 'online' | 'away'>())

const writing = shallowReactive(new Map<string, number[]>())
const expiries = new Map<string, ReturnType<typeof setTimeout>>()
let told = { place: '', at: -Infinity }
let own: 'online' | 'away' = 'online'
let leaving: ReturnType<typeof setTimeout> | undefined

const placeOf = (room: number, thread = 0) => `${room}.${thread}`

export function typists(room: number, thread?: number): number[] {
  return writing.get(placeOf(room, thread)) ?? []
}

export function typing(room: number, thread?: number) {
  const now = performance.now()
  const place = placeOf(room, thread)
  if (told.place === place && now - told.at < TELL_MS) return
  told = { place, at: now }
  call('presence.typing', { room, ...(thread && { thread }) }).catch(() => undefined)
}

export async function here(room: number): Promise<number> {
  return (await call('presence.here', { room })).users.length
}

/** Tells the server when this tab is hidden for long, and when it is shown again. */
export function watchTab() {
  document.addEventListener('visibilitychange', () => {
    clearTimeout(leaving)
    if (document.hidden) leaving = setTimeout(() => tellState('away'), AWAY_MS)
    else tellState('online')
  })
}

export function tellState(state: 'online' | 'away') {
  own = state
  call('presence.set', { state }).catch(() => undefined)
}

/** A new connection counts as online. */
export function resume() {
  if (own === 'away') tellState('away')
}

/** Who is here, whole. */
export function putAll(rows: Presence[]) {
  presence.clear()
  hear(rows)
}

export function hear(rows: Presence[]) {
  for (const { user, state } of rows) {
    if (state === 'offline') presence.delete(user)
    else presence.set(user, state)
  }
}

export function hearTyping({ room, user, thread }: Typing) {
  if (user === session.user) return
  const place = placeOf(room, thread)
  const key = `${place}:${user}`
  clearTimeout(expiries.get(key))
  expiries.set(
    key,
    setTimeout(() => stopTyping(place, user), TYPING_MS),
  )
  const others = writing.get(place) ?? []
  if (!others.includes(user)) writing.set(place, [...others, user])
}

function stopTyping(place: string, user: number) {
  const key = `${place}:${user}`
  if (!expiries.has(key)) return
  clearTimeout(expiries.get(key))
  expiries.delete(key)
  const others = writing.get(place)?.filter((id) => id !== user) ?? []
  if (others.length) writing.set(place, others)
  else writing.delete(place)
}

/** Whoever has posted is not typing any more. */
export function apply(change: Change) {
  for (const { room, thread, author } of change.messages ?? []) stopTyping(placeOf(room, thread ?? 0), author)
}

export function drop(room: number) {
  for (const place of writing.keys()) if (place.startsWith(`${room}.`)) empty(place)
}

function empty(place: string) {
  for (const user of writing.get(place) ?? []) stopTyping(place, user)
}

export function clear() {
  presence.clear()
  for (const place of writing.keys()) empty(place)
}
