/**
 * Drafts follow one between devices. What is typed is kept in this browser at once (Composer does that, by begun.ts),
 * marked as not known to the server, and saved there when the typing pauses. Of two versions the later one stays; a
 * newer one from elsewhere replaces the text, but not under somebody's fingers.
 */
import { type Ref, onBeforeUnmount, watch } from 'vue'

import { call } from '@/socket'
import { connection } from '@/stores/connection'
import { draftOf, later, putDraft } from '@/stores/later'
import { session } from '@/stores/session'
import { attach } from '@/sync'

import { type Place, keepBegun, knownAt, markOf, placeOf } from './begun'
import { recall, recalled, remember } from './remembered'

const SAVE_MS = 1_000
const TYPING_MS = 3_000
const MOST = 8_000

const bodyOf = ({ room, thread }: Place) => draftOf(room, thread)?.body ?? ''

export function useDraft(key: string, text: Ref<string>) {
  const place = placeOf(key)
  let typedAt = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  let pause: ReturnType<typeof setTimeout> | undefined

  function typed(now: string) {
    clearTimeout(timer)
    if (now === bodyOf(place)) return remember(markOf(key), null)
    typedAt = Date.now()
    timer = setTimeout(flush, SAVE_MS)
  }

  function flush() {
    clearTimeout(timer)
    void save(key)
  }

  /** Somewhere else it was changed, or one has just come here. */
  function heard() {
    clearTimeout(pause)
    if (!later.known || text.value === bodyOf(place)) return
    const kept = recall(key) ?? ''
    // Where it is not what stands here, another tab has written on, or sent it.
    if (isOurs(key) && kept !== text.value) text.value = kept
    else if (isOurs(key)) void save(key)
    else if (Date.now() - typedAt > TYPING_MS) text.value = bodyOf(place)
    else pause = setTimeout(heard, typedAt + TYPING_MS + 1 - Date.now())
  }

  /** Another tab has written on, or sent it: one writes where the focus is, and the others follow. */
  function follow(event: StorageEvent) {
    if (event.key?.endsWith(key) && !document.hasFocus()) text.value = recall(key) ?? ''
  }

  function left() {
    if (document.hidden) flush()
  }

  watch(text, typed)
  watch(() => [later.known, draftOf(place.room, place.thread)], heard, { immediate: true })
  window.addEventListener('storage', follow)
  window.addEventListener('blur', flush)
  document.addEventListener('visibilitychange', left)
  onBeforeUnmount(() => {
    window.removeEventListener('storage', follow)
    window.removeEventListener('blur', flush)
    document.removeEventListener('visibilitychange', left)
    clearTimeout(pause)
    flush()
  })
}

/** Whether what stands here is not known to the server, and later than what is. */
function isOurs(key: string): boolean {
  const mark = recall(markOf(key))
  return mark !== null && Number(mark) > knownAt(key)
}

/** What cannot be saved now, or at all, stays here, marked. */
async function save(key: string) {
  const place = placeOf(key)
  const body = recall(key) ?? ''
  if (recall(markOf(key)) === null || place.user !== session.user || connection.state !== 'online') return
  if (body === bodyOf(place)) return remember(markOf(key), null)
  if ([...body].length > MOST) return
  const { room, thread } = place
  try {
    putDraft(await call('drafts.save', { room, body, ...(thread && { thread }) }))
    const now = recall(key) ?? ''
    if (now === body) remember(markOf(key), null)
    else keepBegun(key, now)
  } catch {
    // It is tried again when one is back.
  }
}

/** What was begun while one was away is saved, in whatever room; what is older than the server's gives way. */
function resume() {
  for (const mark of recalled(`draft.${session.user}.`)) {
    const key = mark.slice(0, -1)
    if (!mark.endsWith('@')) continue
    if (isOurs(key)) void save(key)
    else remember(mark, null)
  }
}

attach({ clear: () => undefined, resume })
