/**
 * Passing messages on, and what the links to messages lead to.
 *
 * For components:
 *   looked                   Map of "slug/seq" to its Quote, or null where there is nothing for one to see; reactive
 *   look(slug, seq)          asks, once
 *   forward(message, room, body)    throws a CallError
 */
import { shallowReactive } from 'vue'

import { CallError } from '../errors'
import { call } from '../socket'
import { attach } from '../sync'
import type { Change, Quote } from '../wire'
import { told } from './messages'

const MOST = 300

export const looked = shallowReactive(new Map<string, Quote | null>())
const asked = new Set<string>()

export async function look(room: string, seq: number) {
  const key = `${room}/${seq}`
  if (looked.has(key) || asked.has(key)) return
  asked.add(key)
  try {
    put(key, await call('messages.look', { room, seq }))
  } catch (error) {
    // Other troubles pass: the link is asked for again when it is next shown.
    if (error instanceof CallError && error.kind === 'not_found') put(key, null)
  } finally {
    asked.delete(key)
  }
}

export async function forward(message: number, room: number, body: string, nonce: string) {
  told(await call('messages.forward', { message, room, body, nonce }))
}

function put(key: string, quote: Quote | null) {
  looked.set(key, quote)
  for (const oldest of looked.keys()) if (looked.size > MOST) looked.delete(oldest)
}

function apply(change: Change) {
  for (const message of change.messages ?? []) {
    for (const [key, quote] of looked) {
      if (quote?.message !== message.id) continue
      looked.set(key, message.deleted ? null : { ...quote, html: message.html ?? '' })
    }
  }
}

/** One may no longer read it. */
function drop(room: number) {
  for (const [key, quote] of looked) if (quote?.room === room) looked.delete(key)
}

attach({ apply, drop, clear: () => looked.clear(), resume: () => forgetMissing() })

/** What could not be seen before may be seen now. */
function forgetMissing() {
  for (const [key, quote] of looked) if (!quote) looked.delete(key)
}
