import { expect, it } from 'vitest'

import type { User } from '@/wire'

import { completed, fitting, mentionAt } from '@/composables/completion'

const user = (id: number, handle: string, name: string): User => ({ id, handle, name, kind: 'person', role: 'member' })
const people = [user(1, 'zoe', 'Zoë Abel'), user(2, 'anna', 'Anna Berg'), user(3, 'berg', 'Kim Zander')]

it('sees a mention begin at the start, after a space or a bracket', () => {
  expect(mentionAt('@an', 3)).toEqual({ start: 0, text: 'an' })
  expect(mentionAt('hi @', 4)).toEqual({ start: 3, text: '' })
  expect(mentionAt('(@x', 3)).toEqual({ start: 1, text: 'x' })
})

it('takes an e-mail address for no mention', () => {
  expect(mentionAt('write to ann@example', 20)).toBeNull()
})

it('looks only at what stands before the caret', () => {
  expect(mentionAt('@anna and', 3)).toEqual({ start: 0, text: 'an' })
  expect(mentionAt('@anna and', 9)).toBeNull()
})

it('finds by handle, name and later words, best first, without regard to accents', () => {
  expect(fitting(people, 'be').map((one) => one.handle)).toEqual(['berg', 'anna'])
  expect(fitting(people, 'zoe').map((one) => one.handle)).toEqual(['zoe'])
  expect(fitting(people, 'ZA').map((one) => one.handle)).toEqual(['berg'])
  expect(fitting(people, 'nobody')).toEqual([])
})

it('puts the handle in with one space after it and the caret behind that', () => {
  expect(completed('hi @an', 6, 3, '@anna')).toEqual({ text: 'hi @anna ', caret: 9 })
  expect(completed('hi @an there', 6, 3, '@anna')).toEqual({ text: 'hi @anna there', caret: 9 })
})

it('puts those who are near first, however well others fit', () => {
  expect(fitting(people, 'be', ({ id }) => id === 2).map((one) => one.handle)).toEqual(['anna', 'berg'])
})
