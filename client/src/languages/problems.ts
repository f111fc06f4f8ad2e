/** What the server refuses with, in another language: found by the server's own sentence, `{}` for what it puts in. */

/** What says a sentence of the server's by a list of them; undefined where it is not in it. */
export function reader(problems: Record<string, string>): (sentence: string) => string | undefined {
  const patterns = Object.entries(problems).map(([sentence, words]) => {
    const parts = sentence.split('{}').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    return [new RegExp(`^${parts.join('(.+)')}$`), words] as const
  })
  return (sentence) => {
    for (const [pattern, words] of patterns) {
      const found = pattern.exec(sentence)
      if (found) return words.replace(/\{(\d)\}/g, (_, place: string) => found[Number(place)] ?? '')
    }
    return undefined
  }
}
