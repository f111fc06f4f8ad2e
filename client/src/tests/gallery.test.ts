import { expect, test } from 'vitest'

import { cases } from '../gallery/cases'

const names = Object.keys(import.meta.glob('../components/*.vue')).map((path) => path.replace(/^.*\/|\.vue$/g, ''))

test('every component is shown in the gallery, and nothing that is gone', () => {
  const shown = Object.keys(cases).filter((name) => Object.keys(cases[name] ?? {}).length)
  expect(names.filter((name) => !shown.includes(name))).toEqual([])
  expect(shown.filter((name) => !names.includes(name))).toEqual([])
})

test('components say their colours by tokens', () => {
  const sources = import.meta.glob<string>('../{components,views}/*.vue', { query: '?raw', import: 'default', eager: true })
  const raw = /oklch\((?!.*var\(--hue\))|rgba?\(|hsla?\(|: #[0-9a-f]{3,8}\b/
  const styles = Object.entries(sources).map(([path, text]) => [path, text.split('<style>')[1] ?? ''] as const)
  expect(styles.length).toBeGreaterThan(100)
  expect(styles.filter(([, style]) => raw.test(style)).map(([path]) => path)).toEqual([])
})

test('components in the gallery are sorted, so that each is found', () => {
  expect(Object.keys(cases)).toEqual(Object.keys(cases).sort())
})
