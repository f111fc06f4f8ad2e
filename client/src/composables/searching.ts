/** What one searches for, as chips and words, and what would complete it. Pure. */
import { t, type Word } from '@/words'
import '@/words.search'
import type { Room, User } from '@/wire'

import { type Choice, fitting } from './completion'

export interface Sought {
  /** As they are typed: `from:ann`, `-has:link`. */
  filters: string[]
  words: string
}

const FILTER = /(?:^|\s)(-?(?:from|in|before|after|on|has|is):(?:"[^"]+"|[^\s"]+))(?=\s|$)/gi
/** While one types, a filter is taken out of the words once a space follows it. */
const ENDED = /(?:^|\s)(-?(?:from|in|before|after|on|has|is):(?:"[^"]+"|[^\s"]+))(?=\s)/gi
const BEGUN = /(?:^|\s)(-?)(from|in|before|after|on|has|is):("?[^"\s]*)$/i

export const FILTERS: [string, Word][] = [
  ['from', 'filterFrom'],
  ['in', 'filterIn'],
  ['before', 'filterBefore'],
  ['after', 'filterAfter'],
  ['has', 'filterHas'],
  ['is', 'filterIs'],
]
const VALUES: Record<string, [string, Word][]> = {
  has: [
    ['link', 'hasLink'],
    ['file', 'hasFile'],
    ['image', 'hasImage'],
    ['code', 'hasCode'],
    ['reaction', 'hasReaction'],
  ],
  is: [
    ['pinned', 'isPinned'],
    ['saved', 'isSaved'],
    ['thread', 'isThread'],
  ],
}
const DAYS: [number, Word][] = [
  [0, 'today'],
  [1, 'yesterday'],
  [7, 'weekAgo'],
  [30, 'monthAgo'],
]

export function parse(query: string): Sought {
  return taken(query, FILTER)
}

export function whileTyping(words: string): Sought {
  return taken(words, ENDED)
}

function taken(text: string, pattern: RegExp): Sought {
  const filters = [...text.matchAll(pattern)].map((found) => found[1] as string)
  const rest = text.replace(pattern, '')
  return { filters, words: filters.length ? rest.replace(/\s+/g, ' ').trimStart() : rest }
}

export function joined({ filters, words }: Sought): string {
  return [...filters, words.trim()].filter(Boolean).join(' ')
}

/** "From: Ann", as a chip says it. */
export function label(filter: string, roomOf: (slug: string) => string | undefined): string {
  const [, minus, name, raw] = /^(-?)(\w+):(.*)$/.exec(filter) ?? []
  const value = (raw ?? '').replaceAll('"', '')
  const kind = name?.toLowerCase() ?? ''
  const known = VALUES[kind]?.find(([it]) => it === value.toLowerCase())?.[1]
  const shown = known ? t(known) : kind === 'in' ? (roomOf(value) ?? value) : value
  const title = t(FILTERS.find(([it]) => it === kind)?.[1] ?? 'filterOn')
  const text = `${title}: ${shown}`
  return minus ? t('filterNot', { filter: text }) : text
}

export interface Known {
  users: User[]
  rooms: Room[]
  now: Date
}

/** What may stand where a filter is being typed: each choice's text is the whole filter. */
export function completing(words: string, known: Known): Choice[] {
  const found = BEGUN.exec(words)
  if (!found) return []
  const [, minus = '', name = '', typed = ''] = found
  const kind = name.toLowerCase()
  const value = typed.replace(/^["@#]+/, '')
  const choice = (it: string, name: string, note = '', more: Partial<Choice> = {}): Choice => {
    const text = `${minus}${kind}:${/\s/.test(it) ? `"${it}"` : it}`
    return { key: text, text, name, note, ...more }
  }
  if (kind === 'from') {
    return fitting(known.users, value).map((user) => choice(user.handle, user.name, `@${user.handle}`, { user }))
  }
  if (kind === 'in') {
    const named = known.rooms.map((room) => ({ handle: room.slug, name: room.name, room }))
    return fitting(named, value).map(({ room }) =>
      choice(room.slug, room.name, '', { icon: room.kind === 'private' ? 'lock' : room.kind === 'direct' ? 'people' : 'hash' }),
    )
  }
  const values = VALUES[kind]
  if (values) {
    return values.filter(([it]) => it.startsWith(value.toLowerCase())).map(([it, word]) => choice(it, t(word), it))
  }
  const days = DAYS.map(([ago, word]) => [dayBefore(known.now, ago), t(word)] as const)
  return days.filter(([day]) => day.startsWith(value)).map(([day, name]) => choice(day, name, day))
}

/** The words without the filter that is being typed. */
export function withoutBegun(words: string): string {
  return words.replace(BEGUN, '').trimEnd()
}

function dayBefore(now: Date, days: number): string {
  const day = new Date(now.getFullYear(), now.getMonth(), now.getDate() - days)
  const two = (number: number) => String(number).padStart(2, '0')
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`
}
