/**
 * A language that nobody speaks, to see what those of the right do to the page: English made by code, a third longer,
 * with its letters from right to left.
 */
import type { Language } from '../language'
import { english } from '../words'

/** A mark for whoever guesses the direction by the first letter, and what turns letters round. */
const RIGHT_TO_LEFT = '\u200f\u202e'
const END = '\u202c\u200f'

/** Each vowel twice, and every run of words turned round; not the blanks. */
function mirrored(text: string): string {
  return text.replace(/\{\w+\}|[^{}]+/g, (part) =>
    part.startsWith('{') ? part : `${RIGHT_TO_LEFT}${part.replace(/[aeiouy]/gi, '$&$&')}${END}`,
  )
}

const words = new Proxy<Language['words']>({}, {
  get(_, word: string) {
    const entry = english(word)
    if (entry === undefined || typeof entry === 'string') return entry && mirrored(entry)
    return Object.fromEntries(Object.entries(entry).map(([rule, form]) => [rule, mirrored(form)]))
  },
})

export default {
  tag: 'ar-XB',
  dir: 'rtl',
  words,
  when: (text) => text.replace(/[\u200f\u202a-\u202e]/g, '').replace(/([aeiouy])\1/g, '$1'),
} satisfies Language
