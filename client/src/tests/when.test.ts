import { expect, it } from 'vitest'

import { parseWhen } from '@/when'

const VIENNA = 'Europe/Vienna'

/** What is meant, as UTC, when it is said on a Wednesday at 15:30 in Vienna, or at another moment. */
function meant(words: string, now = '2026-11-25T14:30:00Z', zone = VIENNA): string | undefined {
  return parseWhen(words, new Date(now), zone)?.toISOString().replace(':00.000Z', 'Z')
}

it.each([
  ['in 20 minutes', '2026-11-25T14:50Z'],
  ['In an hour', '2026-11-25T15:30Z'],
  ['in half an hour', '2026-11-25T15:00Z'],
  ['in 1.5h', '2026-11-25T16:00Z'],
  ['in 2 hours and 15 minutes', '2026-11-25T16:45Z'],
  ['in 1h 30m', '2026-11-25T16:00Z'],
  ['in 3 days', '2026-11-28T14:30Z'],
  ['in 2 weeks', '2026-12-09T14:30Z'],
  ['tomorrow', '2026-11-26T08:00Z'],
  ['tomorrow at 9', '2026-11-26T08:00Z'],
  ['  Tomorrow   AT  9:05 pm ', '2026-11-26T20:05Z'],
  ['tomorrow morning', '2026-11-26T08:00Z'],
  ['9am tomorrow', '2026-11-26T08:00Z'],
  ['the day after tomorrow at 9', '2026-11-27T08:00Z'],
  ['on 3 dec at 8pm', '2026-12-03T19:00Z'],
  ['tonight', '2026-11-25T19:00Z'],
  ['today at 18:15', '2026-11-25T17:15Z'],
  ['16:00', '2026-11-25T15:00Z'],
  ['at 9', '2026-11-26T08:00Z'],
  ['noon', '2026-11-26T11:00Z'],
  ['12am', '2026-11-25T23:00Z'],
  ['friday 14:00', '2026-11-27T13:00Z'],
  ['14:00 on friday', '2026-11-27T13:00Z'],
  ['on Mon', '2026-11-30T08:00Z'],
  ['wednesday 16:00', '2026-11-25T15:00Z'],
  ['wednesday 14:00', '2026-12-02T13:00Z'],
  ['next wednesday at 16:00', '2026-12-02T15:00Z'],
  ['next week', '2026-12-02T08:00Z'],
  ['3 dec', '2026-12-03T08:00Z'],
  ['Dec 3rd at 8pm', '2026-12-03T19:00Z'],
  ['1 february', '2027-02-01T08:00Z'],
  ['24.12. 18:00', '2026-12-24T17:00Z'],
  ['24.12.2026 at 18.30', '2026-12-24T17:30Z'],
  ['2026-12-24 18:00', '2026-12-24T17:00Z'],
  ['2026-12-24T18:00', '2026-12-24T17:00Z'],
])('knows what is meant by "%s"', (words, moment) => {
  expect(meant(words)).toBe(moment)
})

it.each([
  '', 'soon', 'in', 'in 20', 'in a while', 'tomorrow at 25:00', '9:75', '13pm', '0am', 'today at 9', '31 feb', '2020-01-01',
  '32.12.', 'in 0 minutes', 'in -5 minutes', 'friday at', 'in 99999999999 days', 'in 9'.repeat(2_000), '9 '.repeat(2_000),
])('does not guess at "%s"', (words) => {
  expect(meant(words)).toBe(undefined)
})

it('keeps the clock on the wall over a change of the clocks, and counts hours as hours', () => {
  const saturday = '2026-10-24T10:00:00Z' // noon in Vienna, the day before the clocks go back
  expect(meant('tomorrow at noon', saturday)).toBe('2026-10-25T11:00Z')
  expect(meant('in 1 day', saturday)).toBe('2026-10-25T11:00Z')
  expect(meant('in 24 hours', saturday)).toBe('2026-10-25T10:00Z')
  const before = '2026-03-28T11:00:00Z' // noon, the day before they go forward
  expect(meant('tomorrow at noon', before)).toBe('2026-03-29T10:00Z')
  expect(meant('in 24 hours', before)).toBe('2026-03-29T11:00Z')
})

it('takes the first of an hour that comes twice, and is as much later where one is skipped', () => {
  expect(meant('tomorrow at 2:30', '2026-10-24T10:00:00Z')).toBe('2026-10-25T00:30Z')
  expect(meant('tomorrow at 3:00', '2026-10-24T10:00:00Z')).toBe('2026-10-25T02:00Z')
  expect(meant('tomorrow at 2:30', '2026-03-28T10:00:00Z')).toBe('2026-03-29T01:30Z')
  expect(meant('tomorrow at 1:30', '2026-03-28T10:00:00Z')).toBe('2026-03-29T00:30Z')
})

it('means the day of the zone that one is in', () => {
  const late = '2026-11-25T23:30:00Z' // already Thursday in Vienna, and still Wednesday in New York
  expect(meant('tomorrow at 9', late)).toBe('2026-11-27T08:00Z')
  expect(meant('tomorrow at 9', late, 'America/New_York')).toBe('2026-11-26T14:00Z')
  expect(meant('tomorrow at 9', late, 'Asia/Kathmandu')).toBe('2026-11-27T03:15Z')
  expect(meant('tomorrow at 9', late, 'Pacific/Apia')).toBe('2026-11-26T20:00Z')
})

it('knows the change of the clocks in New York and on Lord Howe, where it is half an hour', () => {
  expect(meant('tomorrow at 9', '2026-10-31T16:00:00Z', 'America/New_York')).toBe('2026-11-01T14:00Z')
  expect(meant('tomorrow at 1:30', '2026-10-31T16:00:00Z', 'America/New_York')).toBe('2026-11-01T05:30Z')
  expect(meant('tomorrow at 1:45', '2026-04-04T00:00:00Z', 'Australia/Lord_Howe')).toBe('2026-04-04T14:45Z')
})
