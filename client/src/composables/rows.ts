/** How messages become what the timeline shows: days, in them messages, each with its author told or not. */
import { dayKey } from '@/time'

/** What of a message decides where it stands; kept ones and those in the outbox alike. */
export interface Placed {
  author: number
  at: string
  seq?: number
}

export interface Line<M> {
  message: M
  /** Begins a group: shows avatar, name and time. */
  head: boolean
  /** The first unread one: the "new" line stands above it. */
  fresh: boolean
}

export interface Day<M> {
  key: string
  at: Date
  lines: Line<M>[]
}

const GROUP = 5 * 60_000

/** `read` is the seq up to which one had read when the room was opened; null where there is no line to draw. */
export function firstUnread<M extends Placed>(messages: readonly M[], me: number, read: number | null): M | undefined {
  if (read === null) return undefined
  return messages.find((message) => message.author !== me && (message.seq ?? 0) > read)
}

/** `unread` is the message that the new line stands above. */
export function days<M extends Placed>(messages: readonly M[], unread: M | undefined): Day<M>[] {
  const result: Day<M>[] = []
  let before: M | undefined
  for (const message of messages) {
    const at = new Date(message.at)
    const key = dayKey(at)
    const fresh = message === unread
    let day = result.at(-1)
    if (day?.key !== key) result.push((day = { key, at, lines: [] }))
    const head = fresh || day.lines.length === 0 || !before || !together(before, message)
    day.lines.push({ message, head, fresh })
    before = message
  }
  return result
}

/** One author, at most five minutes apart. */
function together(one: Placed, next: Placed): boolean {
  return one.author === next.author && Math.abs(Date.parse(next.at) - Date.parse(one.at)) <= GROUP
}
