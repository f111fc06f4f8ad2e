/**
 * The messages that one keeps for later.
 *
 * For components:
 *   saved                    Map of a message's id to its Saved row; reactive, whole once one is online
 *   savedTexts               Map of id to the messages of the pages that were read; reactive
 *   save(message, on), setDone(message, on)    throw a CallError
 *   readSaved(done, before?)     the next page of texts: whether there is more
 */
import { shallowReactive } from 'vue'

import { marked } from '../composables/shown'
import { call } from '../socket'
import { attach } from '../sync'
import type { Change, Message, Saved } from '../wire'
import { connection } from './connection'

export const saved = shallowReactive(new Map<number, Saved>())
export const savedTexts = shallowReactive(new Map<number, Message>())

export async function save(message: number, on: boolean) {
  put(await call('saved.set', { message, on }))
}

export async function setDone(message: number, on: boolean) {
  put(await call('saved.done', { message, on }))
}

export async function readSaved(done: boolean, before?: number) {
  const page = await call('saved.page', { done, before, limit: 30 })
  page.saved.forEach(put)
  for (const message of page.messages) savedTexts.set(message.id, message)
  return { last: page.saved.at(-1)?.message, more: page.more }
}

function put(row: Saved) {
  const old = saved.get(row.message)
  if (old && (old.rev ?? 0) > (row.rev ?? 0)) return
  if (row.deleted) saved.delete(row.message)
  else saved.set(row.message, row)
  if (row.deleted || row.done) marked.delete(row.message)
  else marked.add(row.message)
}

function apply(change: Change) {
  change.saved?.forEach(put)
  for (const message of change.messages ?? []) {
    if (message.deleted) savedTexts.delete(message.id)
    else if (savedTexts.has(message.id)) savedTexts.set(message.id, message)
  }
}

function drop(room: number) {
  for (const [id, message] of savedTexts) if (message.room === room) savedTexts.delete(id)
}

function clear() {
  for (const map of [saved, savedTexts, marked]) map.clear()
}

async function readMarks() {
  const rows = await call('saved.marks', {})
  const kept = new Set(rows.map((row) => row.message))
  for (const id of saved.keys()) if (!kept.has(id)) saved.delete(id)
  for (const id of marked) if (!kept.has(id)) marked.delete(id)
  rows.forEach(put)
}

function resume() {
  readMarks().catch(() => undefined)
}

attach({ apply, drop, clear, resume })
if (connection.state === 'online') resume()
