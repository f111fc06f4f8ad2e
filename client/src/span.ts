/**
 * A window of a room's messages: sorted, and whole between two places. Pure: it knows neither the server nor the page.
 *
 * A message's place is its seq. Every message of the room with `from <= seq <= to` is in `list`; of others nothing is
 * known. `from` is 0 when the window begins with the room, `to` is Infinity while it follows what is said live.
 */
import type { Message } from './wire'

export interface Span {
  from: number
  to: number
  list: Message[]
}

export const LARGEST = 500

/** What messages.page answers, when it was asked for what goes from `after` on, or up to `before`. */
export function ofPage(page: { messages: Message[]; older: boolean; newer: boolean }): Span {
  return {
    from: page.older ? (page.messages[0]?.seq ?? Infinity) : 0,
    to: page.newer ? (page.messages.at(-1)?.seq ?? 0) : Infinity,
    list: page.messages.filter((message) => !message.deleted),
  }
}

/** The window with the rows as they now are; those from elsewhere in the room are left out. The same when none counts. */
export function put(span: Span, rows: Message[]): Span {
  const byId = new Map(span.list.map((message) => [message.id, message]))
  let changed = false
  for (const row of rows) {
    const old = byId.get(row.id)
    if (old ? (old.rev ?? 0) >= (row.rev ?? 0) : row.seq < span.from || row.seq > span.to) continue
    changed = true
    if (row.deleted) byId.delete(row.id)
    else byId.set(row.id, row)
  }
  return changed ? { ...span, list: sorted(byId) } : span
}

/** Two windows that touch, as one. Of a message that is in both, the newer row. */
export function join(one: Span, other: Span): Span {
  const wide = { from: Math.min(one.from, other.from), to: Math.max(one.to, other.to), list: one.list }
  return put(wide, other.list)
}

/** The window with its first messages only, so that it is not larger than it may be. */
export function keepFirst(span: Span, most = LARGEST): Span {
  const next = span.list[most]
  return next ? { from: span.from, to: next.seq - 1, list: span.list.slice(0, most) } : span
}

/** The window with its last messages only. */
export function keepLast(span: Span, most = LARGEST): Span {
  const before = span.list.at(-most - 1)
  return before ? { from: before.seq + 1, to: span.to, list: span.list.slice(-most) } : span
}

function sorted(byId: Map<number, Message>): Message[] {
  return [...byId.values()].sort((a, b) => a.seq - b.seq)
}
