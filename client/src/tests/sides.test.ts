/** The page can be turned round: no style names a side by left or right. */
import { expect, it } from 'vitest'

const sources = import.meta.glob<string>(['../**/*.{vue,css}', '!./**'], { query: '?raw', import: 'default', eager: true })

const NAMED = /^\s*(?:(?:margin|padding|border|inset|scroll-margin|scroll-padding)-(?:left|right)|left|right|border-(?:top|bottom)-(?:left|right)-radius)\s*:/
const KEPT = /^\s*(?:text-align|float|clear)\s*:\s*(?:left|right)\b/
/** `padding: top right bottom left`, and what is the same with `inset` and `margin`. */
const FOUR = /^\s*(?:margin|padding|inset|border-radius|scroll-margin):\s*([^;]+);/

function sided(line: string): boolean {
  // A notch is where it is.
  if (line.includes('env(safe-area-inset-left)') && line.includes('env(safe-area-inset-right)')) return false
  const parts = FOUR.exec(line)?.[1]?.match(/(?:[\w-]+\((?:[^()]|\([^()]*\))*\)|[^\s])+/g) ?? []
  return NAMED.test(line) || KEPT.test(line) || (parts.length === 4 && parts[1] !== parts[3])
}

it('knows what names a side', () => {
  const lines = ['margin-left: 4px;', '  right: 0;', 'text-align: left;', 'padding: 1px 2px max(3px, 4px) 5px;']
  expect(lines.filter(sided)).toEqual(lines)
  expect(['margin-inline-start: 4px;', 'padding: 1px 2px 3px 2px;', 'text-align: start;', 'margin: 1px max(2px, 3px) 4px;'].filter(sided)).toEqual([])
})

it('has no style that does', () => {
  const found = Object.entries(sources).flatMap(([path, text]) => {
    const style = path.endsWith('.css') ? text : (/<style>([^]*)<\/style>/.exec(text)?.[1] ?? '')
    return style.split('\n').filter(sided).map((line) => `${path}: ${line.trim()}`)
  })
  expect(found).toEqual([])
})
