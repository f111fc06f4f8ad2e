/** Where answers stand, and the way to them. */
import { type InjectionKey, inject } from 'vue'

import { replace, route, type To } from '@/router'
import { inRoom } from '@/stores/rooms'
import type { Message, Room } from '@/wire'

import { usePanel } from './panel'
import { roomPath } from './roomName'

/** The thread that what is shown here belongs to. */
export const THREAD: InjectionKey<number> = Symbol('thread')

/** Where a message is seen: in its room, or in the thread that it stands in alone. */
export function messagePath(room: Pick<Room, 'slug'>, message: Message): To {
  if (inRoom(message)) return roomPath(room, message.seq)
  return { path: roomPath(room), query: { panel: `thread:${message.thread}`, at: String(message.seq) } }
}

/** What leads from a message to its thread; in the thread itself nothing does. */
export function useThread() {
  const within = inject(THREAD, null)
  const panel = usePanel()
  const show = ({ id, thread }: Message) => panel.show('thread', thread ?? id)
  return { within, show }
}

/** At the address of an answer that is not seen in its room: opens the thread at it. */
export async function leadToThread(room: Room, seq: number) {
  const { rootAt } = await import('@/stores/threads')
  const root = await rootAt(room.id, seq)
  if (!root || route.path !== roomPath(room, seq)) return
  const query = { ...route.query, panel: `thread:${root.id}`, at: String(seq) }
  await replace({ path: roomPath(room, root.seq), query })
}
