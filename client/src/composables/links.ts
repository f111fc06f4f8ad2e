/** The links to messages in what somebody said. Pure. */

export interface MessageLink {
  slug: string
  seq: number
}

const MOST = 3

/** Whether there may be some: cheap, for each message that is drawn. */
export function mayLink(text: string, origin = location.origin): boolean {
  return text.includes(`${origin}/rooms/`)
}

/** The first few, each once. */
export function messageLinks(text: string, origin = location.origin): MessageLink[] {
  const found = new Map<string, MessageLink>()
  for (const part of text.split(`${origin}/rooms/`).slice(1)) {
    const [, slug, seq] = /^([^/\s?#<>"]{1,300})\/(\d{1,15})(?![\d/])/.exec(part) ?? []
    const name = slug && decoded(slug)
    if (name) found.set(`${name}/${seq}`, { slug: name, seq: Number(seq) })
  }
  return [...found.values()].slice(0, MOST)
}

/** What somebody wrote by hand need not be well formed. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return ''
  }
}
