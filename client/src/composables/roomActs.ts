/** What a room's menu does: ask where needed, do it, say what went wrong. */
import { archiveRoom, leaveRoom } from '@/stores/rooms'
import type { Room } from '@/wire'
import { t } from '@/words'
import '@/words.talk'

import { attempt } from './acts'
import { ask } from './dialogs'
import { roomLabel } from './roomName'

export async function leave(room: Room): Promise<boolean> {
  const text = room.kind === 'private' ? t('leavePrivate') : t('leaveText')
  const yes = await ask({ title: t('leaveAsk', { name: roomLabel(room) }), text, go: t('leave') })
  return yes && attempt(() => leaveRoom(room.id))
}

export async function archive(room: Room) {
  const yes =
    room.archived ||
    (await ask({ title: t('archiveAsk', { name: roomLabel(room) }), text: t('archiveText'), go: t('archive') }))
  if (yes) await attempt(() => archiveRoom(room.id, !room.archived))
}
