/**
 * What is copied of several messages is readable: who, when, and what each said, and the day where there are several. Of a
 * single message it is what was selected. Importing this module makes it so.
 */
document.addEventListener('copy', copied)

export function copied(event: ClipboardEvent) {
  const selection = getSelection()
  if (!selection?.rangeCount || !event.clipboardData) return
  const selected = selection.getRangeAt(0)
  const list = elementOf(selected.commonAncestorContainer).closest('.timeline')
  const messages = list ? within(list, '.message', selected) : []
  if (!list || messages.length < 2) return
  const days = within(list, '.day-line time', selected)
  const parts = days.length > 1 ? within(list, '.message, .day-line time', selected) : messages
  event.clipboardData.setData('text/plain', parts.map((part) => line(part, selection, selected)).join('\n'))
  event.preventDefault()
  select(selection, selected)
}

const elementOf = (node: Node) => (node instanceof Element ? node : (node.parentElement ?? document.body))

const within = (list: Element, what: string, selected: Range) =>
  [...list.querySelectorAll(what)].filter((one) => selected.intersectsNode(one))

function line(part: Element, selection: Selection, selected: Range): string {
  if (!part.matches('.message')) return `— ${part.textContent} —`
  return `${part.getAttribute('aria-label')}: ${wordsOf(part, selection, selected)}`
}

/** What of its words is selected, as the browser itself would copy it; the names of its files where it has no words. */
function wordsOf(message: Element, selection: Selection, selected: Range): string {
  const body = message.querySelector('.message-body, .poll-card legend')
  const words = body ? selectedIn(body, selection, selected) : ''
  if (words) return words
  return message.querySelector('.message-files')?.getAttribute('data-names') ?? ''
}

function selectedIn(body: Element, selection: Selection, selected: Range): string {
  const part = document.createRange()
  part.selectNodeContents(body)
  if (selected.comparePoint(body, 0) > 0 || selected.comparePoint(body, body.childNodes.length) < 0) return ''
  if (part.compareBoundaryPoints(Range.START_TO_START, selected) < 0) part.setStart(selected.startContainer, selected.startOffset)
  if (part.compareBoundaryPoints(Range.END_TO_END, selected) > 0) part.setEnd(selected.endContainer, selected.endOffset)
  select(selection, part)
  return selection.toString().trim()
}

function select(selection: Selection, range: Range) {
  selection.removeAllRanges()
  selection.addRange(range)
}
