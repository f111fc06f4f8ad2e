/** All emoji and their names. Loaded with what first offers them. */
import table from '../../../chinwag/services/emoji.json'

import { tone } from './recentEmoji'

export interface Glyph {
  /** The emoji itself, or `:name:` of one of the workspace's own. */
  text: string
  /** What it is called, the usual name first. */
  names: string[]
  tones: boolean
}

export interface Group {
  name: string
  glyphs: Glyph[]
}

type Row = (string | number)[]

export const groups: Group[] = table.groups.map(({ name, emoji }) => ({
  name,
  glyphs: (emoji as Row[]).map(([text, names, tones]) => ({
    text: String(text),
    names: String(names).split(' '),
    tones: tones === 1,
  })),
}))

export const TONES = ['', '🏻', '🏼', '🏽', '🏾', '🏿']

/** An emoji in the chosen skin tone: the tone follows each person in it, where it takes the place of the selector. */
export function toned({ text, tones }: Pick<Glyph, 'text' | 'tones'>, chosen = tone.value): string {
  const mark = TONES[chosen]
  if (!tones || !mark) return text
  const parts = text.split('\u200d')
  return parts
    .map((part) => (/^\p{Emoji_Modifier_Base}\ufe0f?$/u.test(part) && (part !== '🤝' || parts.length === 1) ? part.replace('\ufe0f', '') + mark : part))
    .join('\u200d')
}

/** Those whose names fit, best first: a whole name, a name's beginning, a word's, then anywhere. */
export function find(query: string, own: Glyph[] = [], limit = 90): Glyph[] {
  const sought = query.toLowerCase().replace(/^:|:$/g, '').trim().replace(/[\s-]+/g, '_')
  if (!sought) return []
  const ranked: [number, Glyph][] = []
  for (const glyph of [...own, ...groups.flatMap((group) => group.glyphs)]) {
    const rank = Math.min(...glyph.names.map((name) => rankOf(name, sought)))
    if (rank < NONE) ranked.push([rank, glyph])
  }
  return ranked
    .sort(([a], [b]) => a - b)
    .slice(0, limit)
    .map(([, glyph]) => glyph)
}

const NONE = 9

function rankOf(name: string, sought: string): number {
  if (name === sought) return 0
  if (name.startsWith(sought)) return 1
  if (name.includes(`_${sought}`)) return 2
  return sought.length > 2 && name.includes(sought) ? 3 : NONE
}

/** The usual name of an emoji, whatever its tone. */
export function nameOf(text: string): string {
  const plain = text.replace(/\p{Emoji_Modifier}|\ufe0f/gu, '')
  names ??= new Map(groups.flatMap(({ glyphs }) => glyphs.map((one) => [one.text.replaceAll('\ufe0f', ''), one.names[0] ?? ''])))
  return names.get(plain) ?? plain.replace(/^:|:$/g, '')
}

let names: Map<string, string> | undefined
