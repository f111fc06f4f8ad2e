import { expect, it } from 'vitest'

import { hue, initials } from '@/composables/avatar'

it('takes the first letters of the first and the last word', () => {
  expect(initials('Ann Lee')).toBe('AL')
  expect(initials('ann van der Lee')).toBe('AL')
  expect(initials('deploy-bot')).toBe('DB')
  expect(initials('Bo')).toBe('B')
})

it('never cuts a letter in two', () => {
  expect(initials('👩‍👩‍👧 Family')).toBe('👩‍👩‍👧F')
  expect(initials('é')).toBe('É')
})

it('has something for a name without letters', () => {
  expect(initials('—')).toBe('?')
})

it('gives neighbours hues far apart', () => {
  expect(Math.abs(hue(7) - hue(8))).toBeGreaterThan(60)
})
