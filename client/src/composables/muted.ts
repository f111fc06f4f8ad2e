/** Which rooms one wants to hear nothing of now. */
import { ref } from 'vue'

import type { Mine } from '@/wire'

const MINUTE = 60_000

/** Moves on by the minute, so that what is muted for a time ends. */
const now = ref(Date.now())
setInterval(() => (now.value = Date.now()), MINUTE)

export function isMuted(view: Mine | undefined): boolean {
  return Boolean(view?.muted_until && Date.parse(view.muted_until) > now.value)
}
