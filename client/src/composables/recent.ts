/** Where one was last, in this browser; forgotten when one signs out, with the room that one was in. */
import { watch } from 'vue'

import { route } from '@/router'
import { bySlug } from '@/stores/rooms'

import { recall, remember } from './remembered'

const KEY = 'room.recent'
const MOST = 20

/** Ids of rooms, the last one first. */
export function recentRooms(): number[] {
  return (recall(KEY) ?? '').split(' ').filter(Boolean).map(Number)
}

export function watchRecent() {
  watch(
    () => bySlug(String(route.params.slug ?? ''))?.id,
    (id) => id !== undefined && remember(KEY, [id, ...recentRooms().filter((one) => one !== id)].slice(0, MOST).join(' ')),
    { immediate: true },
  )
}
