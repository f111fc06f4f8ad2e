/** The pinned messages of the rooms whose panel is open, the newest first. */
import { shallowReactive } from 'vue'

import { call } from '../socket'
import { attach } from '../sync'
import { roomOf } from '../topics'
import type { Change, Message } from '../wire'

export const pins = shallowReactive(new Map<number, Message[]>())

/** The page after those that are known, or the first: whether there is more. */
export async function readPins(room: number, first: boolean): Promise<boolean> {
  const before = first ? undefined : pins.get(room)?.at(-1)?.seq
  const page = await call('messages.pins', { room, before })
  pins.set(room, [...(first ? [] : (pins.get(room) ?? [])), ...page.messages])
  return page.more
}

/** No panel shows them any more. */
export const forgetPins = (room: number) => pins.delete(room)

function apply({ topic, messages: rows = [] }: Change) {
  const room = roomOf(topic) ?? 0
  const known = pins.get(room)
  if (!known || !rows.length) return
  const changed = new Set(rows.map((row) => row.id))
  const rest = known.filter((row) => !changed.has(row.id))
  pins.set(room, [...rest, ...rows.filter((row) => row.pinned && !row.deleted)].sort((a, b) => b.seq - a.seq))
}

attach({ apply, clear: () => pins.clear(), drop: forgetPins })
