/** What was said, in plain words: for a line of the inbox, and for what the system shows outside of the page. */
import { parseInert } from '@/trusted'
import type { Message } from '@/wire'

import { nameMentions } from './chips'

const HIDDEN = '▒▒▒▒'

/** Without Markdown's marks; what is hidden stays hidden, and files go by their names. */
export function plainWords({ body = '', html, files }: Pick<Message, 'body' | 'html' | 'files'>): string {
  const names = (files ?? []).map((file) => file.name).join(', ')
  return (html ? wordsOf(html) : body) || names
}

function wordsOf(html: string): string {
  const { body } = parseInert(html)
  nameMentions(body)
  for (const hidden of body.querySelectorAll('.spoiler')) hidden.textContent = HIDDEN
  for (const picture of body.querySelectorAll('img')) picture.replaceWith(picture.alt)
  return (body.textContent ?? '').trim().replace(/\n\s*\n/g, '\n')
}
