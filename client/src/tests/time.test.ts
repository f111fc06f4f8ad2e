import { expect, it } from 'vitest'

import { ago, dayKey, dayName, exact, moment } from '@/time'

const now = new Date(2026, 2, 10, 0, 30)

it('names today and yesterday by the local midnight, not by hours', () => {
  expect(dayName(new Date(2026, 2, 10, 0, 1), now)).toBe('Today')
  expect(dayName(new Date(2026, 2, 9, 23, 59), now)).toBe('Yesterday')
  expect(dayName(new Date(2026, 2, 8, 23, 59), now)).toMatch(/Sunday.*8|8.*Sunday/)
})

it('says the year only where it is another one', () => {
  expect(dayName(new Date(2026, 0, 2), now)).not.toContain('2026')
  expect(dayName(new Date(2025, 11, 31), now)).toContain('2025')
})

it('keeps a day one day across a change of the clocks', () => {
  expect(dayName(new Date(2026, 2, 28, 12), new Date(2026, 2, 29, 23))).toBe('Yesterday')
})

it('keys days so that they sort', () => {
  expect(dayKey(new Date(2026, 0, 5))).toBe('2026-01-05')
})

it('tells how long ago in the largest fitting unit', () => {
  const before = (ms: number) => ago(new Date(now.getTime() - ms), now)
  expect(before(20_000)).toBe('now')
  expect(before(5 * 60_000)).toBe('5 minutes ago')
  expect(before(3 * 3_600_000)).toBe('3 hours ago')
  expect(before(26 * 3_600_000)).toBe('yesterday')
  expect(before(90 * 86_400_000)).toContain('2025')
})

it('tells what is to come by the minute, and what was by the second', () => {
  const at = new Date(2026, 2, 10, 9, 5, 7)
  expect(moment(at)).toMatch(/9:05(?!:)/)
  expect(exact(at)).toMatch(/9:05:07/)
})
