/** What is pasted, as Markdown: rich text, tables of pages and of spreadsheets. What is much too long is asked about. */
import { parseInert } from '@/trusted'
import { t } from '@/words'
import '@/words.writing'

import { ask } from './dialogs'
import { insert } from './format'

const LIMIT = 8_000
/** Rich text and tables longer than this are taken as plain: no message holds them, and reading them would take long. */
const HTML_MOST = 400_000
const DEEPEST = 60

export async function paste(area: HTMLTextAreaElement, html: string, text: string) {
  const words = (html && html.length <= HTML_MOST && toMarkdown(html)) || (text.length <= HTML_MOST && tableOf(text)) || text
  if (words.length <= 2 * LIMIT) return insert(area, words)
  const picker = area.form?.querySelector<HTMLInputElement>('input[type=file]')
  await (picker ? offerFile(picker, text || words) : offerBeginning(area, words))
}

/** Where files may go with the words, the text goes as one of them. */
async function offerFile(picker: HTMLInputElement, text: string) {
  if (!(await ask({ title: t('pasteLong'), text: t('pasteLongFile', { count: LIMIT }), go: t('pasteAsFile') }))) return
  const files = new DataTransfer()
  files.items.add(new File([text], t('pastedName'), { type: 'text/plain' }))
  picker.files = files.files
  picker.dispatchEvent(new Event('change'))
}

async function offerBeginning(area: HTMLTextAreaElement, words: string) {
  const { selectionStart, selectionEnd } = area
  const beginning = await ask({
    title: t('pasteLong'),
    text: t('pasteLongText', { count: LIMIT }),
    go: t('pasteBeginning'),
  })
  if (!beginning) return
  // The dialog goes with the next frame, and with it what kept the text area from being written in.
  await new Promise(requestAnimationFrame)
  area.focus()
  area.setSelectionRange(selectionStart, selectionEnd)
  const kept = area.value.length - (selectionEnd - selectionStart)
  insert(area, words.slice(0, Math.max(0, LIMIT - kept)))
}

/** Lines of cells with tabs between, as spreadsheets put into the clipboard; empty when it is something else. */
export function tableOf(text: string): string {
  const rows = text.replace(/\r\n?/g, '\n').replace(/\n$/, '').split('\n').map((line) => line.split('\t'))
  const columns = rows[0]?.length ?? 0
  const same = rows.length > 1 && columns > 1 && rows.every((row) => row.length === columns)
  // Code is indented by tabs: its lines begin with them.
  return same && rows.every((row) => row[0] !== '' || row.every((cell) => !cell)) ? drawTable(rows) : ''
}

function drawTable(rows: string[][]): string {
  const columns = Math.max(...rows.map((row) => row.length))
  const lines = rows.map((row) => {
    const cells = Array.from({ length: columns }, (_, at) => (row[at] ?? '').replace(/\s+/g, ' ').trim())
    return `| ${cells.map((cell) => cell.replace(/(?<!\\)\|/g, '\\|')).join(' | ')} |`
  })
  lines.splice(1, 0, `|${' --- |'.repeat(columns)}`)
  return lines.join('\n')
}

/** The Markdown of HTML. It is read in a document that runs and loads nothing. Empty when it has no marks to keep. */
export function toMarkdown(html: string): string {
  const { body } = parseInert(html)
  if (!body.querySelector('b, strong, i, em, s, del, a[href], ul, ol, pre, code, blockquote, h1, h2, h3, h4, h5, h6, table')) return ''
  return blocks(body, 0)
    .replace(/[ \t]+\n/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}

const BLOCKS = 'P DIV UL OL LI PRE BLOCKQUOTE TABLE HR SECTION ARTICLE HEADER FOOTER MAIN H1 H2 H3 H4 H5 H6 TR'.split(' ')
const NOTHING = 'SCRIPT STYLE TEMPLATE NOSCRIPT HEAD TITLE META LINK IFRAME OBJECT SVG MATH BUTTON SELECT'.split(' ')

/** Children one after the other, blocks with an empty line between. */
function blocks(node: Node, depth: number): string {
  if (depth > DEEPEST) return node.textContent ?? ''
  let result = ''
  for (const child of node.childNodes) {
    const isBlock = BLOCKS.includes(child.nodeName)
    const words = isBlock ? block(child as Element, depth + 1) : inline(child, depth + 1)
    result += isBlock ? `\n\n${words.trim()}\n\n` : words
  }
  return result
}

function block(element: Element, depth: number): string {
  const name = element.nodeName
  const level = /^H([1-6])$/.exec(name)?.[1]
  if (level) return `${'#'.repeat(Number(level))} ${flat(blocks(element, depth))}`
  if (name === 'HR') return '---'
  if (name === 'PRE') return fence(element)
  if (name === 'BLOCKQUOTE') return before(blocks(element, depth).trim(), '> ', '> ')
  if (name === 'UL' || name === 'OL') return items(element, name === 'OL', depth)
  if (name === 'TABLE') return table(element, depth)
  return blocks(element, depth)
}

function fence(pre: Element): string {
  const language = /(?:language|lang)-([a-z0-9+#-]+)/i.exec(pre.outerHTML.slice(0, 500))?.[1] ?? ''
  return `\`\`\`${language}\n${(pre.textContent ?? '').replace(/\n$/, '')}\n\`\`\``
}

function items(element: Element, numbered: boolean, depth: number): string {
  const found = [...element.children].filter((child) => child.nodeName === 'LI' || child.nodeName === 'UL' || child.nodeName === 'OL')
  const lines = found.map((item, at) => {
    const mark = numbered ? `${at + 1}. ` : '- '
    return before(blocks(item, depth + 1).replace(/\n\n+/g, '\n').trim(), mark, ' '.repeat(mark.length))
  })
  return lines.join('\n')
}

function table(element: Element, depth: number): string {
  const rows = [...element.querySelectorAll('tr')].map((row) =>
    [...row.children].filter((cell) => cell.nodeName === 'TD' || cell.nodeName === 'TH').map((cell) => flat(blocks(cell, depth))),
  )
  const filled = rows.filter((row) => row.length)
  if (!filled.length) return ''
  // A table of one cell, or one column, is how pages are laid out.
  return Math.max(...filled.map((row) => row.length)) > 1 ? drawTable(filled) : filled.map((row) => row[0]).join('\n\n')
}

function inline(node: Node, depth: number): string {
  if (node.nodeType === Node.TEXT_NODE) return plain(node.textContent ?? '')
  if (!(node.nodeType === Node.ELEMENT_NODE) || NOTHING.includes(node.nodeName.toUpperCase())) return ''
  const element = node as Element
  if (element.nodeName === 'BR') return '\n'
  if (element.nodeName === 'IMG') return plain(element.getAttribute('alt') ?? '')
  if (element.nodeName === 'CODE' || element.nodeName === 'KBD') return quoted(element.textContent ?? '')
  const words = blocks(element, depth)
  if (element.nodeName === 'A') return linked(element.getAttribute('href') ?? '', words)
  return around(words, markOf(element))
}

/** What an element makes of its words. Documents say "bold" and mean "not": a <b> of normal weight is only a wrapper. */
function markOf(element: Element): string {
  // As it is written: our policy lets no such style count.
  const style = element.getAttribute('style') ?? ''
  const isThin = /font-weight:\s*(normal|[1-5]00)/.test(style)
  const isBold = /font-weight:\s*(bold|[6-9]00)/.test(style)
  if (/^(B|STRONG)$/.test(element.nodeName) ? !isThin : isBold) return '**'
  if (/^(I|EM)$/.test(element.nodeName) || /font-style:\s*italic/.test(style)) return '*'
  return /^(S|DEL|STRIKE)$/.test(element.nodeName) || style.includes('line-through') ? '~~' : ''
}

/** The mark close to the words, the space outside of it. */
function around(words: string, mark: string): string {
  const inside = words.trim()
  if (!mark || !inside || inside.includes('\n\n')) return words
  const at = words.indexOf(inside)
  return `${words.slice(0, at)}${mark}${inside}${mark}${words.slice(at + inside.length)}`
}

function linked(href: string, words: string): string {
  const inside = flat(words)
  if (!/^(https?:\/\/|mailto:)/i.test(href) || !inside) return words
  if (inside === href || `https://${inside}` === href) return href
  return `[${inside}](${href.replace(/[\s()<>]/g, encodeURIComponent).replace(/\(/g, '%28').replace(/\)/g, '%29')})`
}

function quoted(code: string): string {
  return code.includes('`') ? `\`\` ${code} \`\`` : code.trim() && `\`${code}\``
}

function plain(text: string): string {
  return text.replace(/[\s\u00a0]+/g, ' ').replace(/([\\`*~[\]])|(?<![^\s])(_)|(_)(?![^\s])/g, (mark) => `\\${mark}`)
}

const flat = (text: string) => text.replace(/\s+/g, ' ').trim()

function before(text: string, first: string, rest: string): string {
  return text
    .split('\n')
    .map((line, at) => (at ? rest : first) + line)
    .join('\n')
}
