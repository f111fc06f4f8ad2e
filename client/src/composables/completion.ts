/** Completing what one writes: what is being typed before the caret, what fits, and the text with the choice put in. Pure. */
import type { IconName } from '@/components/Icon.vue'
import type { User } from '@/wire'

/** One thing to choose: `text` is put in; the rest is how it is shown. */
export interface Choice {
  key: string
  text: string
  name: string
  note: string
  user?: User
  icon?: IconName
  /** An emoji. */
  glyph?: string
}

/** What may stand from `start` to the caret, best first. */
export interface Completion {
  start: number
  choices: Choice[]
}

export interface Query {
  /** Where the `@` stands. */
  start: number
  /** What follows it, up to the caret. */
  text: string
}

/** The mention that the caret stands in, if it stands in one; an address like `a@b` is none. */
export function mentionAt(text: string, caret: number): Query | null {
  const found = /(?:^|[\s([{"'*_~>])@([\p{L}\p{N}._-]{0,64})$/u.exec(text.slice(0, caret))
  if (!found) return null
  const query = found[1] ?? ''
  return { start: caret - query.length - 1, text: query }
}

/** Those that fit `query`, best first: first those for whom `near` holds, then by the handle's beginning, the name's, another word's. */
export function fitting<T extends { handle: string; name: string }>(
  all: Iterable<T>,
  query: string,
  near: (one: T) => boolean = () => true,
  limit = 8,
): T[] {
  const sought = fold(query)
  const ranked: [number, T][] = []
  for (const one of all) {
    const rank = rankOf(one, sought)
    if (rank >= 0) ranked.push([near(one) ? rank : rank + FAR, one])
  }
  return ranked
    .sort(([a, one], [b, other]) => a - b || one.name.localeCompare(other.name))
    .slice(0, limit)
    .map(([, one]) => one)
}

/** The text with what stands from `start` to the caret completed, and where the caret goes. */
export function completed(text: string, caret: number, start: number, choice: string) {
  const rest = text.slice(caret)
  const before = `${text.slice(0, start)}${choice}${rest.startsWith(' ') ? '' : ' '}`
  return { text: before + rest, caret: before.length + (rest.startsWith(' ') ? 1 : 0) }
}

/** Lower case and without accents, so that "jose" finds "José". */
export function fold(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
}

const FAR = 3

function rankOf({ handle, name }: { handle: string; name: string }, sought: string): number {
  const folded = fold(name)
  if (fold(handle).startsWith(sought)) return 0
  if (folded.startsWith(sought)) return 1
  return folded.split(/\s+/).some((word) => word.startsWith(sought)) ? 2 : -1
}
