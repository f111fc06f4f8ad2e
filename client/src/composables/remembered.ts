/** What this browser remembers by itself: sizes, the theme, drafts, the room one was in last. */
import { customRef, type Ref } from 'vue'

const PREFIX = 'chinwag.'

export function recall(key: string): string | null {
  try {
    return localStorage.getItem(PREFIX + key)
  } catch {
    return null // storage can be forbidden: then nothing is remembered, and all else works
  }
}

export function remember(key: string, value: string | null) {
  try {
    if (value === null) localStorage.removeItem(PREFIX + key)
    else localStorage.setItem(PREFIX + key, value)
  } catch {
    // as above; a full storage costs the memory, not the work
  }
}

/** The keys that begin with `start`. */
export function recalled(start: string): string[] {
  try {
    const keys = Object.keys(localStorage).filter((key) => key.startsWith(PREFIX + start))
    return keys.map((key) => key.slice(PREFIX.length))
  } catch {
    return []
  }
}

/** What says how somebody likes this device, and nothing of what they do on it. */
const LIKED = /^(theme|language|width|emoji|enter)\b/

/** Forgets all but how this device is liked: the next one at it may be somebody else. */
export function forgetPeople() {
  for (const key of recalled('')) if (!LIKED.test(key)) remember(key, null)
}

/** A ref whose value outlives the page. */
export function remembered(key: string, initial: number): Ref<number>
export function remembered<T extends string>(key: string, initial: T): Ref<T>
export function remembered(key: string, initial: string | number): Ref<string | number> {
  const kept = recall(key)
  let value = kept === null ? initial : typeof initial === 'number' ? Number(kept) || initial : kept
  return customRef((track, trigger) => ({
    get: () => (track(), value),
    set: (next) => {
      value = next
      remember(key, String(next))
      trigger()
    },
  }))
}
