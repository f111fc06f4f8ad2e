/** How a room is called: its name, or those who are in it. */
import { session } from '@/stores/session'
import { users } from '@/stores/users'
import type { Room, User } from '@/wire'
import { list, t } from '@/words'

/** The others of a direct room. */
export function peers(room: Room): User[] {
  const others = (room.users ?? []).filter((id) => id !== session.user)
  return others.map((id) => users.get(id)).filter((user) => user !== undefined)
}

export function roomName(room: Room): string {
  if (room.kind !== 'direct') return room.name
  const names = peers(room).map((user) => user.name)
  if (names.length) return list(names)
  const self = session.user === null ? undefined : users.get(session.user)
  return (room.users?.length ?? 0) > 1 || !self ? t('somebody') : t('yourNotes', { name: self.name })
}

/** As it is written in a sentence: "#garden", or the people's names. */
export function roomLabel(room: Room): string {
  return room.kind === 'direct' || room.kind === 'private' ? roomName(room) : `#${room.name}`
}

export function roomPath(room: Pick<Room, 'slug'>, seq?: number): string {
  return `/rooms/${encodeURIComponent(room.slug)}${seq ? `/${seq}` : ''}`
}
