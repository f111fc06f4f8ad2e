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
  if (room.kind === 'direct') return false
  const role = mine.get(room.id)?.role ?? 'member'
  return isAdmin.value || (mine.has(room.id) && role !== 'member')
}

/** May write in it: in some rooms moderators alone do. */
export const mayWrite = (room: Room) => room.posting !== 'moderators' || moderates(room)

/** May add people: whoever is in it, but guests. */
export function mayAdd(room: Room): boolean {
  return room.kind !== 'direct' && !room.archived && mine.has(room.id) && !isGuest.value
}
