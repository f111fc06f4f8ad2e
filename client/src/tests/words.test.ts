import { expect, it } from 'vitest'

import { list, t, words } from '@/words'
import { later } from '@/words.later'

it('fills the blanks of a sentence', () => {
  expect(t('welcome', { name: 'Ann & Co' })).toBe('Welcome to Ann & Co')
})

it('leaves a blank that nobody filled as it is, so that it is seen', () => {
  expect(t('welcome')).toBe('Welcome to {name}')
})

it('puts nothing of a value back through the blanks', () => {
  expect(t('said', { name: '{text}', text: 'hi' })).toBe('{text}: hi')
})

it('chooses the plural by the count and writes large numbers in groups', () => {
  expect(t('members', { count: 1 })).toBe('1 member')
  expect(t('members', { count: 0 })).toBe('0 members')
  expect(t('members', { count: 1234 })).toMatch(/^1.234 members$/)
})

it('knows the words of the lazy pages once they are loaded', () => {
  expect(t('banAsk', { name: 'Bo' })).toBe('Ban Bo?')
})

it('has no word in both catalogues', () => {
  expect(Object.keys(later).filter((word) => word in words)).toEqual([])
})

it('joins names as people do', () => {
  expect(list(['Ann'])).toBe('Ann')
  expect(list(['Ann', 'Bo', 'Cy'])).toBe('Ann, Bo, and Cy')
})
