/**
 * What is begun in this browser and not sent: words under a key `draft.<user>.<room>`, with `.<thread>` in one, and beside
 * them a mark that says when they were typed, until the server knows them.
 */
import { draftOf } from '@/stores/later'

import { remember } from './remembered'

export interface Place {
  user: number
  room: number
  thread: number
}

export const markOf = (key: string) => `${key}@`

export function placeOf(key: string): Place {
  const [user = 0, room = 0, thread = 0] = key.split('.').slice(1).map(Number)
  return { user, room, thread }
}

/** When the server's version was typed; long ago where it has none. */
export function knownAt(key: string): number {
  const { room, thread } = placeOf(key)
  return Date.parse(draftOf(room, thread)?.at ?? '1970-01-01T00:00:00Z')
}

/** Later than what one has seen of the server's in any case: the clock here may be behind. */
export function keepBegun(key: string, words: string) {
  remember(key, words || null)
  remember(markOf(key), String(Math.max(Date.now(), knownAt(key) + 1)))
}
