/** The app's icon says, where the system shows that, how often one was called and how much is unread of what is direct. */
import { computed, watch } from 'vue'

import { mine, rooms } from '@/stores/rooms'

import { isMuted } from './muted'

const count = computed(() => {
  let sum = 0
  for (const row of mine.values()) {
    const direct = rooms.get(row.room)?.kind === 'direct' && !isMuted(row)
    sum += (direct ? row.unread : row.mentions) ?? 0
  }
  return sum
})

watch(
  count,
  (now) => {
    // Some systems have none, and some browsers let only installed apps.
    const set = now ? navigator.setAppBadge?.(now) : navigator.clearAppBadge?.()
    set?.catch(() => undefined)
  },
  { immediate: true },
)
