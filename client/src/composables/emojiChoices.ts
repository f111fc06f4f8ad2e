/** The emoji that one may mean by the beginning of a name: the emoji itself is put in, or the name of one of ours. */
import { emojiRead, ownEmoji } from '@/stores/emoji'

import type { Choice } from './completion'
import { find, toned } from './emoji'

export async function choices(query: string, most: number): Promise<Choice[]> {
  await emojiRead()
  const own = [...ownEmoji.keys()].map((name) => ({ text: `:${name}:`, names: [name], tones: false }))
  return find(query, own, most).map((glyph) => {
    const text = toned(glyph)
    return { key: glyph.text, text, name: `:${glyph.names[0]}:`, note: '', glyph: text }
  })
}
