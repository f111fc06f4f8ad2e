/** Where the quick switcher can go: what fits best first, and of that where one was last. */
import type { IconName } from '@/components/Icon.vue'
import { push, route } from '@/router'
import { directRoom, mine, rooms } from '@/stores/rooms'
import { users } from '@/stores/users'
import type { Room, User } from '@/wire'
import { t } from '@/words'

import { fit } from './fuzzy'
import { type Goal, goals } from './pages'
import { recentRooms } from './recent'
import { roomName, roomPath } from './roomName'

export interface Place {
  key: string
  name: string
  note: string
  icon: IconName
  user?: User
  unread: number
  go: () => unknown
  /** Other names it goes by. */
  also?: string
  /** Of two that fit alike the nearer comes first: a room one was in lately, one with something unread, one's own, the rest. */
  distance: number
}

const MOST = 30
const [UNREAD, IN, OUT, PAGE] = [100, 101, 102, 103]

export function places(query: string, me: number | null): Place[] {
  const sought = query.replace(/^[@#]/, '').trim()
  const talks = [...roomPlaces(me, sought !== '')]
  const met = new Set(talks.map(({ user }) => user?.id))
  const strangers = [...users.values()].filter((user) => !met.has(user.id) && user.id !== me && !user.banned).map(ofUser)
  return [...talks, ...strangers, ...goals().map(ofGoal)]
    .map((place) => ({ place, rank: rank(place, sought) }))
    .filter(({ rank }) => rank !== null)
    .sort((a, b) => Number(a.rank) - Number(b.rank) || a.place.distance - b.place.distance || byName(a.place, b.place))
    .slice(0, MOST)
    .map(({ place }) => place)
}

/** Pages stay in the order of their list. */
const byName = (one: Place, other: Place) => (one.distance === PAGE ? 0 : one.name.localeCompare(other.name))

function rank({ name, also }: Place, sought: string): number | null {
  if (!sought) return 0
  const ranks = [fit(name, sought), also ? fit(also, sought) : null].filter((one) => one !== null)
  return ranks.length ? Math.min(...ranks) : null
}

function* roomPlaces(me: number | null, archivedToo: boolean): Generator<Place> {
  const recent = recentRooms().filter((id) => rooms.get(id)?.slug !== route.params.slug)
  for (const room of rooms.values()) {
    if (room.archived && !archivedToo) continue
    const [other, ...more] = (room.users ?? []).filter((id) => id !== me)
    const user = room.kind === 'direct' && !more.length && other !== undefined ? users.get(other) : undefined
    yield ofRoom(room, user, recent.indexOf(room.id))
  }
}

function ofRoom(room: Room, user: User | undefined, recent: number): Place {
  const view = mine.get(room.id)
  return {
    key: `room${room.id}`,
    name: roomName(room),
    note: user ? `@${user.handle}` : (room.topic ?? ''),
    icon: room.kind === 'private' ? 'lock' : room.kind === 'direct' ? 'people' : 'hash',
    ...(user && { user, also: user.handle }),
    unread: view?.unread ?? 0,
    distance: recent >= 0 ? recent : view?.unread ? UNREAD : view ? IN : OUT,
    go: () => push(roomPath(room)),
  }
}

function ofUser(user: User): Place {
  return {
    key: `user${user.id}`,
    name: user.name,
    note: `@${user.handle}`,
    icon: 'people',
    user,
    also: user.handle,
    unread: 0,
    distance: OUT,
    go: async () => push(roomPath(await directRoom([user.id]))),
  }
}

function ofGoal({ name, icon, note, go }: Goal): Place {
  return { key: `page ${name}`, name, icon, note: t(note), unread: 0, distance: PAGE, go }
}
