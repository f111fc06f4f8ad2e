/** A message as the timeline shows it, whether the server has it or it still waits to be sent. */
import { shallowReactive } from 'vue'

import type { Entry } from '@/outbox'
import type { Message } from '@/wire'

import { mayLink } from './links'

export interface Shown {
  /** Stays the same when a message turns from waiting to kept, so that its element does too. */
  key: string
  id?: number
  seq?: number
  author: number
  at: string
  body: string
  html: string
  kind?: Message['kind']
  editedAt?: string | undefined
  state: 'kept' | 'waiting' | 'failed'
  /** The row, once the server has it. */
  row?: Message
  error?: string
}

/** What may be done with a message. */
export type MessageAct = 'edit' | 'cancel' | 'retry' | 'drop'

const made = new WeakMap<Message | Entry, Shown>()

/** The same object for the same row: what did not change is not drawn again. */
export function kept(row: Message, me: number): Shown {
  return once(row, () => ({
    key: row.author === me && row.nonce ? row.nonce : `m${row.id}`,
    id: row.id,
    seq: row.seq,
    author: row.author,
    at: row.at,
    body: row.body ?? '',
    html: row.html ?? '',
    kind: row.kind,
    editedAt: row.edited_at ?? undefined,
    state: 'kept',
    row,
  }))
}

export function waiting(row: Entry, me: number): Shown {
  return once(row, () => ({
    key: row.nonce,
    author: me,
    at: new Date(row.at).toISOString(),
    body: wordsOf(row),
    html: '',
    kind: row.kind,
    state: row.state,
    error: row.error,
  }))
}

/** Where there are only files, their names. */
export const wordsOf = ({ body, files = [] }: Entry) => body || files.map((file) => file.name).join(', ')

function once(row: Message | Entry, make: () => Shown): Shown {
  let shown = made.get(row)
  if (!shown) made.set(row, (shown = make()))
  return shown
}

/** The messages that one keeps for later; stores/saved.ts fills it. */
export const marked = shallowReactive(new Set<number>())

/** Whether there is more to it than its words. */
export function hasParts({ row }: Shown): boolean {
  if (row && (row.pinned || marked.has(row.id) || mayLink(row.body ?? ''))) return true
  return Boolean(row && (row.quote || row.thread || row.replies || row.poll || row.reactions?.length || row.files?.length || row.previews?.length))
}
