/**
 * The pictures of the workspace's own. They are read when something first shows or offers emoji.
 *
 * For components:
 *   ownEmoji                 Map of name to Emoji; reactive
 *   emojiRead()              when they are there, or cannot be had just now
 *   addEmoji(name, file), removeEmoji(id)    throw a CallError
 */
import { shallowReactive } from 'vue'

import { fromAnswer } from '../errors'
import { call } from '../socket'
import { attach } from '../sync'
import type { Change, Emoji } from '../wire'
import { connection } from './connection'

export const ownEmoji = shallowReactive(new Map<string, Emoji>())

const byId = new Map<number, Emoji>()
let reading: Promise<void> | undefined

export const emojiRead = async () => reading

export async function addEmoji(name: string, picture: File) {
  put(await send(`/emoji?name=${encodeURIComponent(name)}`, picture))
}

async function send(path: string, picture: File): Promise<Emoji> {
  const answer = await fetch(path, { method: 'POST', body: picture })
  const said = await answer.json().catch(() => ({ error: { code: answer.status, message: '' } }))
  if (!answer.ok) throw fromAnswer(said.error)
  return said
}

export async function removeEmoji(id: number) {
  put(await call('emoji.remove', { id }))
}

/** What came by a change meanwhile is newer than a page that was asked for before. */
async function readAll() {
  let after: number | undefined
  do {
    const page = await call('emoji.page', { after, limit: 100 })
    page.emoji.forEach(put)
    after = page.more ? page.emoji.at(-1)?.id : undefined
  } while (after !== undefined)
}

function put(row: Emoji) {
  const old = byId.get(row.id)
  if (old && (old.rev ?? 0) > (row.rev ?? 0)) return
  if (old?.name) ownEmoji.delete(old.name)
  byId.set(row.id, row)
  if (row.name) ownEmoji.set(row.name, row)
}

function clear() {
  byId.clear()
  ownEmoji.clear()
}

/** Guests do not hear of new ones, and whoever was away may have missed some: read afresh each time one is back. */
function resume() {
  reading = readAll().catch(() => undefined)
}

attach({ apply: (change: Change) => change.emoji?.forEach(put), clear, resume })
if (connection.state === 'online') resume()
