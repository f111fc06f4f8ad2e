/** Whoever is about to call many people, or would call nobody, is asked first. */
import { here } from '@/stores/presence'
import { workspace } from '@/stores/session'
import type { Room } from '@/wire'
import { t } from '@/words'
import '@/words.talk'

import { ask } from './dialogs'
import { isGuest, moderates } from './rights'

const MANY = 20

/** Whether one calls anybody in a room by `@here`, or by `@room`. */
export function mayCall(word: string, room: Room): boolean {
  if (isGuest.value) return false
  return word === 'here' || room.kind === 'direct' || workspace.calling !== 'moderators' || moderates(room)
}

/** True when the words call few, or when their author means it. */
export async function meansIt(body: string, room: Room): Promise<boolean> {
  const word = /(?<![\w@.+-])@(room|here)(?![\w@-])/i.exec(body)?.[1]?.toLowerCase()
  if (!word) return true
  if (!mayCall(word, room)) return ask({ title: t('callNobody', { word }), text: t('callNobodyText'), go: t('callAnyway') })
  const members = room.members ?? 0
  if (members <= MANY) return true
  const count = word === 'here' ? await here(room.id).catch(() => members) : members
  if (count <= MANY) return true
  return ask({ title: t('callAsk', { count, word }), text: t('callText'), go: t('callGo') })
}
