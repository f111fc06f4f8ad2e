/**
 * What is wrong with the words of the interface: those that a language lacks or nobody says, blanks and plural forms that
 * differ, and words that stand in a template instead of the catalogue. Pure: it is given the words and the code.
 */
import { parse } from 'vue/compiler-sfc'

import type { Catalogue, Entry } from '@/language'

/** English by its parts, other languages by their tags, the code by its paths. */
export interface Words {
  english: Record<string, Catalogue>
  others: Record<string, Catalogue>
  code: Record<string, string>
}

/** One line each, as whoever mends it reads it. */
export function faults({ english, others, code }: Words): string[] {
  const known: Catalogue = Object.assign({}, ...Object.values(english))
  return [
    ...twice(english),
    ...forms('en', known),
    ...Object.entries(others).flatMap(([tag, words]) => [...apart(tag, known, words), ...forms(tag, words)]),
    ...unused(known, Object.values(code)),
    ...Object.entries(code).flatMap(([path, text]) => [...unknown(path, text, known), ...(path.endsWith('.vue') ? bare(path, text) : [])]),
  ]
}

function twice(english: Record<string, Catalogue>): string[] {
  const places = new Map<string, string>()
  const found: string[] = []
  for (const [part, words] of Object.entries(english)) {
    for (const word of Object.keys(words)) {
      if (places.has(word)) found.push(`en: “${word}” is in ${places.get(word)} and in ${part}`)
      places.set(word, part)
    }
  }
  return found
}

/** How a language differs from English. */
function apart(tag: string, known: Catalogue, words: Catalogue): string[] {
  const found: string[] = []
  for (const [word, entry] of Object.entries(known)) {
    const theirs = words[word]
    if (theirs === undefined) found.push(`${tag}: “${word}” is missing: ${JSON.stringify(entry)}`)
    else if (blanks(theirs) !== blanks(entry)) found.push(`${tag}: “${word}” has the blanks ${blanks(theirs)}, not ${blanks(entry)}`)
    else if (typeof theirs === 'string' && typeof entry !== 'string') found.push(`${tag}: “${word}” has no plural forms`)
  }
  const strange = Object.keys(words).filter((word) => !(word in known))
  return [...found, ...strange.map((word) => `${tag}: “${word}” is no word of the interface`)]
}

const blanks = (entry: Entry) =>
  [...new Set(Object.values(typeof entry === 'string' ? [entry] : entry).flatMap((form) => form.match(/\{\w+\}/g) ?? []))].sort().join(' ')

/** Plural forms that a language's rules ask for. */
function forms(tag: string, words: Catalogue): string[] {
  const rules = new Intl.PluralRules(tag).resolvedOptions().pluralCategories
  return Object.entries(words).flatMap(([word, entry]) => {
    const missing = typeof entry === 'string' ? [] : rules.filter((rule) => !entry[rule])
    return missing.map((rule) => `${tag}: “${word}” lacks the plural form “${rule}”`)
  })
}

/** Words that neither a string nor a property of the code names, and nothing such as `emoji_${group}` begins. */
function unused(known: Catalogue, texts: string[]): string[] {
  const all = texts.join('\n')
  const named = new Set([...all.matchAll(/(['"`])([\w. ]+)\1|\b(\w+):/g)].map(([, , text, property]) => text ?? property))
  const begun = [...all.matchAll(/(?:`|startsWith\(')(\w{2,}[.]?)(?:\$\{|'\))/g)].map(([, start = '']) => start)
  const lost = Object.keys(known).filter((word) => !named.has(word) && !begun.some((start) => word.startsWith(start)))
  return lost.map((word) => `en: “${word}” is not used`)
}

function unknown(path: string, text: string, known: Catalogue): string[] {
  const asked = [...text.matchAll(/\bt\((['"`])([\w. ]+)\1/g)].map(([, , word = '']) => word)
  return asked.filter((word) => !(word in known)).map((word) => `${path}: “${word}” is not in the catalogue`)
}

const ATTRIBUTES = ['aria-label', 'aria-description', 'title', 'placeholder', 'alt', 'label', 'text', 'hint', 'words']
const ELEMENT = 1
const TEXT = 2
const ATTRIBUTE = 6

interface Part {
  type: number
  tag?: string
  name?: string
  content?: string
  value?: { content: string } | undefined
  props?: Part[]
  children?: Part[]
  loc: { start: { line: number } }
}

/** English that stands in a template. What is `<code>` or a `<kbd>` is the same in all languages. */
function bare(path: string, text: string): string[] {
  const found: string[] = []
  const tell = (part: Part, words: string) => {
    if (/\p{L}{2}/u.test(words)) found.push(`${path}:${part.loc.start.line}: “${words.trim()}” is not in the catalogue`)
  }
  const visit = (part: Part) => {
    if (part.type === TEXT) tell(part, part.content ?? '')
    if (part.type === ELEMENT && /^(code|kbd)$/.test(part.tag ?? '')) return
    for (const prop of part.props ?? []) {
      if (prop.type === ATTRIBUTE && ATTRIBUTES.includes(prop.name ?? '')) tell(prop, prop.value?.content ?? '')
    }
    part.children?.forEach(visit)
  }
  const root = parse(text, { sourceMap: false }).descriptor.template?.ast
  if (root) visit(root as unknown as Part)
  return found
}
