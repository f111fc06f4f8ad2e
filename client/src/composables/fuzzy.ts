/** How well a name fits what somebody typed in a hurry. Pure. */
import { fold } from './completion'

const TYPO_FROM = 4
const SECOND_TYPO_FROM = 8

/** 0 is best: it is the name, begins it, begins words of it, is its initials, is in it, is its letters in order, is mistyped. */
export function fit(name: string, typed: string): number | null {
  const [whole, sought] = [fold(name).trim(), fold(typed).trim()]
  const words = whole.split(/[^\p{L}\p{N}]+/u).filter(Boolean)
  const parts = sought.split(/\s+/)
  const ways: (() => boolean)[] = [
    () => whole === sought,
    () => whole.startsWith(sought),
    () => begin(words, parts),
    () => words.map(([first]) => first).join('').startsWith(sought),
    () => whole.includes(sought),
    () => scattered(words, sought),
    () => parts.every((part) => words.some((word) => mistyped(word, part))),
  ]
  const rank = ways.findIndex((way) => way())
  return rank < 0 ? null : rank
}

/** "gar pl" for "Garden Plans": each part begins a word, in order. */
function begin(words: string[], parts: string[]): boolean {
  let at = -1
  return parts.every((part) => (at = words.findIndex((word, index) => index > at && word.startsWith(part))) >= 0)
}

/** "grdn" for "Garden", of one word: at least three letters, the first of which is the word's. */
function scattered(words: string[], sought: string): boolean {
  if (sought.length < 3) return false
  return words.some((word) => {
    let at = -1
    const inOrder = [...sought].every((letter) => (at = word.indexOf(letter, at + 1)) >= 0)
    return inOrder && word[0] === sought[0]
  })
}

/** Somebody's fingers slipped once, in a longer word twice; and they need not have come to its end. */
function mistyped(word: string, part: string): boolean {
  const most = part.length >= SECOND_TYPO_FROM ? 2 : part.length >= TYPO_FROM ? 1 : 0
  const ends = [-1, 0, 1].map((more) => part.length + more)
  return most > 0 && ends.some((end) => distance(word.slice(0, end), part) <= most)
}

/** Letters to add, drop, change or swap with the next (optimal string alignment). */
function distance(one: string, other: string): number {
  const rows = [Array.from({ length: other.length + 1 }, (_, at) => at)]
  const cell = (row: number, column: number) => rows[row]?.[column] ?? Infinity
  for (let row = 1; row <= one.length; row++) {
    rows.push([row])
    for (let column = 1; column <= other.length; column++) {
      const same = one[row - 1] === other[column - 1]
      const swapped = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1]
      const ways = [cell(row - 1, column) + 1, cell(row, column - 1) + 1, cell(row - 1, column - 1) + Number(!same)]
      if (swapped) ways.push(cell(row - 2, column - 2) + 1)
      rows[row]?.push(Math.min(...ways))
    }
  }
  return cell(one.length, other.length)
}
