/** What one may do, to show only that. The server decides; this only spares people useless buttons. */
import { computed } from 'vue'

import { mine } from '@/stores/rooms'
import { me } from '@/stores/session'
import type { Room } from '@/wire'

export const isAdmin = computed(() => me.value?.role === 'owner' || me.value?.role === 'admin')
export const isOwner = computed(() => me.value?.role === 'owner')
/** Of some room, or of all. */
export const isModerator = computed(() => isAdmin.value || [...mine.values()].some(({ role }) => role !== 'member'))
export const isGuest = computed(() => me.value?.role === 'guest')

/** May edit and archive the room, and say who is in it. */
export function moderates(room: Room): boolean {
  const view = mine.get(room.id)
  return view !== undefined && room.kind !== 'direct' && (isAdmin.value || view.role !== 'member')
}

/** May read it without being in it. */
export const mayVisit = (room: Room) => room.kind === 'public' && !room.archived && !isGuest.value && !mine.has(room.id)

/** May react, answer and pin: whoever is in it, while it is open. */
export const takesPart = (room: Room) => mine.has(room.id) && !room.archived

/** May write in it: in some rooms moderators alone do. */
export const mayWrite = (room: Room) => room.posting !== 'moderators' || moderates(room)

/** May add people: whoever is in it, but guests. */
export function mayAdd(room: Room): boolean {
  return room.kind !== 'direct' && takesPart(room) && !isGuest.value
}
