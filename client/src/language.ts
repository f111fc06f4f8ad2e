/**
 * The language of the interface: the one chosen in this browser, else the first of the browser's that there is, else
 * English, in which every word stands in the code. Another one is a catalogue of its own, loaded when it is wanted.
 */
import { computed, shallowRef } from 'vue'

import { remembered } from './composables/remembered'

/** A sentence with `{blanks}`, or its plural forms. */
export type Entry = string | Partial<Record<Intl.LDMLPluralRule, string>>
/** Entries by their names. */
export type Catalogue = Record<string, Entry>

export interface Language {
  /** As in BCP 47. */
  tag: string
  dir: 'ltr' | 'rtl'
  /** What is missing is said in English. */
  words: Catalogue
  /** A refusal of the server's, by its own sentence. */
  problem?: (sentence: string) => string | undefined
  /** When people mean, said again in English; it is given small letters. */
  when?: (text: string) => string
}

const loaders: Record<string, () => Promise<{ default: Language }>> = {
  de: () => import('./languages/de'),
  // For whoever builds Chinwag: nobody is offered it.
  'ar-XB': () => import('./languages/mirror'),
}
const english: Language = { tag: 'en', dir: 'ltr', words: {} }

/** A tag, or `system` for as the browser prefers. */
export const chosen = remembered<string>('language', 'system')
export const language = shallowRef(english)
const preferred = navigator.languages
/** As the browser knows the language, with a country where it tells one: "de-AT" writes other dates than "de-DE". */
export const locale = computed(() => preferred.find((tag) => base(tag) === language.value.tag) ?? language.value.tag)

const base = (tag: string) => tag.slice(0, 2).toLowerCase()

function wanted(): string {
  return chosen.value === 'system' ? (preferred.map(base).find((tag) => tag === 'en' || tag in loaders) ?? 'en') : chosen.value
}

/** Speaks what is wanted. What cannot be loaded is English for now. */
export async function speak() {
  const tag = wanted()
  const found = await loaders[tag]?.().then((part) => part.default, () => undefined)
  if (tag !== wanted()) return
  language.value = found ?? english
  Object.assign(document.documentElement, { lang: language.value.tag, dir: language.value.dir })
}
