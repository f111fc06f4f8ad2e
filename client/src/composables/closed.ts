/** Why one cannot write in a room just now, in words; empty where one can. */
import { type ComputedRef, computed } from 'vue'

import { blocked } from '@/stores/own'
import type { Room } from '@/wire'
import { t } from '@/words'

import { mayWrite } from './rights'
import { peers } from './roomName'

export function useClosed(props: { room: Room }): ComputedRef<string> {
  return computed(() => {
    const { room } = props
    const [peer, ...more] = peers(room)
    if (room.archived) return t('isArchived')
    if (!mayWrite(room)) return t('isReadOnly')
    return peer && !more.length && blocked.has(peer.id) ? t('isBlocked', { name: peer.name }) : ''
  })
}
