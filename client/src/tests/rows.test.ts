import { expect, it } from 'vitest'

import { days, firstUnread, type Placed } from '@/composables/rows'

const noon = new Date(2026, 2, 10, 12).getTime()
const said = (author: number, minutes: number, seq: number): Placed => ({
  author,
  at: new Date(noon + minutes * 60_000).toISOString(),
  seq,
})
const heads = (messages: Placed[], read: number | null = null, me = 1) =>
  days(messages, firstUnread(messages, me, read)).flatMap((day) => day.lines.map((line) => line.head))
const fresh = (messages: Placed[], read: number | null, shown = messages, me = 1) =>
  days(shown, firstUnread(messages, me, read))
    .flatMap((day) => day.lines.filter((line) => line.fresh))
    .map((line) => line.message.seq)

it('groups what one author says within five minutes of the one before', () => {
  expect(heads([said(2, 0, 1), said(2, 5, 2), said(2, 10, 3), said(2, 16, 4)])).toEqual([true, false, false, true])
})

it('begins a group when another speaks', () => {
  expect(heads([said(2, 0, 1), said(3, 1, 2), said(2, 2, 3)])).toEqual([true, true, true])
})

it('begins a group with each day, however close', () => {
  const late = said(2, 12 * 60 - 1, 1)
  const early = said(2, 12 * 60 + 1, 2)
  expect(days([late, early], undefined).map((day) => day.lines.map((line) => line.head))).toEqual([[true], [true]])
})

it('draws the new line once, above the first unread message of another', () => {
  const messages = [said(2, 0, 5), said(1, 1, 6), said(2, 2, 7), said(2, 3, 8)]
  expect(fresh(messages, 5)).toEqual([7])
  expect(fresh(messages, 8)).toEqual([])
  expect(fresh(messages, null)).toEqual([])
})

it('draws no new line above what follows the first unread message, where only that is in the page', () => {
  const messages = [said(2, 0, 5), said(2, 1, 6), said(2, 2, 7)]
  expect(fresh(messages, 5, messages.slice(2))).toEqual([])
})

it('begins a group under the new line', () => {
  expect(heads([said(2, 0, 5), said(2, 1, 6)], 5)).toEqual([true, true])
})
