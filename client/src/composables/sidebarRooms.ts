/** The rooms one is in, as the sidebar lists them. */
import { computed } from 'vue'

import { mine, myRooms } from '@/stores/rooms'
import type { Room } from '@/wire'

import { roomName } from './roomName'

const isStarred = ({ id }: Room) => mine.get(id)?.starred

export const sidebarRooms = computed(() => {
  const starred = myRooms.value.filter(isStarred)
  const rooms = myRooms.value.filter((room) => room.kind !== 'direct' && !room.archived && !isStarred(room))
  const directs = myRooms.value.filter((room) => room.kind === 'direct' && !isStarred(room))
  rooms.sort((a, b) => Number(b.slug === 'lobby') - Number(a.slug === 'lobby'))
  directs.sort((a, b) => roomName(a).localeCompare(roomName(b)))
  return { starred, rooms, directs }
})
