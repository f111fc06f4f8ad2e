/** What stands for a person without a picture: initials on a colour that is always the same one's. */

let letters: Intl.Segmenter | undefined

/** The first letters of the first and last word: "Ann Lee" → "AL"; one for a single word. */
export function initials(name: string): string {
  const words = name.split(/[\s._-]+/).filter((word) => /[\p{L}\p{N}\p{Emoji}]/u.test(word))
  const chosen = words.length > 1 ? [words[0], words[words.length - 1]] : words
  return chosen.map((word) => first(word ?? '')).join('') || '?'
}

/** Neighbouring ids get hues far apart (the golden angle). */
export function hue(id: number): number {
  return Math.round((id * 137.508) % 360)
}

function first(word: string): string {
  const letter = /^[ -~](?:[ -~]|$)/.test(word) ? word.charAt(0) : firstGrapheme(word)
  return letter.toLocaleUpperCase()
}

/** Loading the rules for it takes a browser as long as drawing a room, and most names do without. */
function firstGrapheme(word: string): string {
  letters ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' })
  return letters.segment(word)[Symbol.iterator]().next().value?.segment ?? ''
}
