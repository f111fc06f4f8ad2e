/** The catalogue of the interface's words is whole in every language, and holds all that is said. */
import { describe, expect, it } from 'vitest'

import german from '@/languages/de'
import type { Catalogue } from '@/language'

import { type Words, faults } from './catalogue'

/** Each part's own catalogue is its one export that is an object. */
const parts = import.meta.glob<Record<string, unknown>>('../words*.ts', { eager: true })
const english = Object.fromEntries(
  Object.entries(parts).map(([path, part]) => [path, Object.values(part).find((one) => typeof one === 'object') as Catalogue]),
)
const code = import.meta.glob<string>(['../**/*.{ts,vue}', '!../words*.ts', '!../wire.ts', '!../languages/**', '!./**'], {
  query: '?raw',
  import: 'default',
  eager: true,
})

it('has every word in every language, and each word is said', () => {
  expect(faults({ english, others: { de: german.words }, code })).toEqual([])
})

describe('a fault is told', () => {
  const sound = (): Words => ({
    english: { 'words.ts': { hello: 'Hello {name}', count: { one: '{count} file', other: '{count} files' }, tone_dark: 'Dark' } },
    others: { de: { hello: 'Hallo {name}', count: { one: '{count} Datei', other: '{count} Dateien' }, tone_dark: 'Dunkel' } },
    code: { 'One.vue': '<template><p :title="t(\'hello\')">{{ t("count") }}, <kbd>Esc</kbd> {{ t(`tone_${tone}`) }} · 1</p></template>' },
  })

  it('and there is none in what is sound', () => {
    expect(faults(sound())).toEqual([])
  })

  it.each<[string, (words: Words) => unknown, string]>([
    ['a word that a language lacks', ({ others }) => delete others.de?.hello, 'de: “hello” is missing: "Hello {name}"'],
    ['a word that only another language has', ({ others }) => Object.assign(others.de ?? {}, { bye: 'Tschüss' }), 'de: “bye” is no word of the interface'],
    ['a word that nobody says', ({ english }) => Object.assign(english['words.ts'] ?? {}, { old: 'Old' }), 'en: “old” is not used'],
    ['a word that is not there', ({ code }) => (code['two.ts'] = "t('bye')"), 'two.ts: “bye” is not in the catalogue'],
    ['a word in two parts', ({ english }) => (english['words.two.ts'] = { hello: 'Hello {name}' }), 'en: “hello” is in words.ts and in words.two.ts'],
    ['another blank', ({ others }) => Object.assign(others.de ?? {}, { hello: 'Hallo {who}' }), 'de: “hello” has the blanks {who}, not {name}'],
    ['a plural form that is missing', ({ others }) => Object.assign(others.de ?? {}, { count: { other: '{count} Dateien' } }), 'de: “count” lacks the plural form “one”'],
    ['a plural without forms', ({ others }) => Object.assign(others.de ?? {}, { count: '{count} Dateien' }), 'de: “count” has no plural forms'],
    ['a form that the rules of a language ask for', ({ others }) => (others.pl = { ...others.de }), 'pl: “count” lacks the plural form “few”'],
    ['words in a template', ({ code }) => (code['Two.vue'] = '<template>\n<p>Hello</p></template>'), 'Two.vue:2: “Hello” is not in the catalogue'],
    ['words in a label', ({ code }) => (code['Two.vue'] = '<template><p aria-label="Say it" /></template>'), 'Two.vue:1: “Say it” is not in the catalogue'],
    ['words in a placeholder', ({ code }) => (code['Two.vue'] = '<template><input placeholder="Name" /></template>'), 'Two.vue:1: “Name” is not in the catalogue'],
  ])('%s', (_, spoil, line) => {
    const words = sound()
    spoil(words)
    expect(faults(words)).toContain(line)
  })
})
