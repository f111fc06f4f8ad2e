/** Marks put around what is selected in a text area, and text put in, so that the browser's own undo takes them back. */

/** Puts text in the place of what is selected. */
export function insert(area: HTMLTextAreaElement, text: string) {
  area.focus()
  // The only way that keeps what can be undone; where it is gone, the text is set.
  if (document.execCommand('insertText', false, text)) return
  area.setRangeText(text, area.selectionStart, area.selectionEnd, 'end')
  area.dispatchEvent(new Event('input', { bubbles: true }))
}

const marks: Record<string, string> = { b: '**', i: '*' }

/** Makes what is selected bold (b), italic (i) or a link (k), or takes that back. */
export function format(area: HTMLTextAreaElement, key: string) {
  const { selectionStart: start, selectionEnd: end, value } = area
  const words = value.slice(start, end)
  const mark = marks[key]
  if (mark === undefined) link(area, words)
  else if (marked(value.slice(0, start), mark) && value.startsWith(mark, end)) replace(area, start - mark.length, end + mark.length, words, 0)
  else replace(area, start, end, `${mark}${words}${mark}`, mark.length)
}

/** A mark that is whole: the single star of "**" is not one. */
function marked(before: string, mark: string): boolean {
  const stars = /\**$/.exec(before)?.[0].length ?? 0
  return mark === '*' ? stars % 2 === 1 : stars >= 2
}

function replace(area: HTMLTextAreaElement, from: number, to: number, text: string, inset: number) {
  area.setSelectionRange(from, to)
  insert(area, text)
  area.setSelectionRange(from + inset, from + text.length - inset)
}

function link(area: HTMLTextAreaElement, words: string) {
  const start = area.selectionStart
  const isAddress = /^https?:\/\/\S+$/.test(words)
  insert(area, isAddress ? `[](${words})` : `[${words}](https://)`)
  const caret = start + (isAddress ? 1 : words.length + 3)
  area.setSelectionRange(caret, isAddress ? caret : caret + 'https://'.length)
}
