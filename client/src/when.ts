/**
 * When people mean, in words: "in 20 minutes", "tomorrow at 9", "friday 14:00", "3 dec 8pm". In a time zone, whose days
 * may have 23 or 25 hours: "in 24 hours" counts hours, "tomorrow" means the clock on the wall.
 */
import { language } from './language'

const MINUTE = 60_000
const UNITS: Record<string, number> = { m: 1, h: 60, d: 24 * 60, w: 7 * 24 * 60 }
const UNIT = '(minutes?|mins?|m|hours?|hrs?|h|days?|d|weeks?|w)'
const PART = new RegExp(`^(\\d+(?:[.,]\\d+)?|an?|half an?)\\s*${UNIT}\\b`)
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const NAMED: Record<string, number> = { midnight: 0, morning: 9, noon: 12, afternoon: 14, evening: 18, tonight: 20 }
const MORNING = 9 * 60

/** A day of the calendar; months count from 0. */
interface Day {
  year: number
  month: number
  day: number
}

export const homeZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone

/** The moment that is meant, in English or in the language of the interface, or undefined where that cannot be made out or is over. */
export function parseWhen(words: string, now = new Date(), zone = homeZone()): Date | undefined {
  const said = words.trim().toLowerCase().replace(/\s+/g, ' ')
  const text = language.value.when?.(said) ?? said
  const found = /^in /.test(text) ? after(text.slice(3), now, zone) : onDay(text, now, zone)
  return found && found > now ? found : undefined
}

/** "in 2 hours and 15 minutes". Whole days keep the clock on the wall. */
function after(text: string, now: Date, zone: string): Date | undefined {
  let rest = text
  let minutes = 0
  let days = 0
  while (rest) {
    const [all, count = '', unit = ''] = PART.exec(rest) ?? []
    if (!all) return undefined
    const size = UNITS[unit.charAt(0)] ?? 0
    const number = count.startsWith('half') ? 0.5 : count.startsWith('a') ? 1 : Number(count.replace(',', '.'))
    if (size >= 24 * 60 && Number.isInteger(number)) days += (number * size) / (24 * 60)
    else minutes += number * size
    rest = rest.slice(all.length).replace(/^\s*(,|and)?\s*/, '')
  }
  if (days > 1000) return undefined
  const { at, time } = wall(now, zone)
  const start = days ? moment(added(at, days), time, zone).getTime() + (now.getTime() % MINUTE) : now.getTime()
  return new Date(start + minutes * MINUTE)
}

/** A day, a time of it, or both, in either order. */
function onDay(text: string, now: Date, zone: string): Date | undefined {
  const { at: today } = wall(now, zone)
  const dayFirst = dayOf(text, today)
  if (dayFirst) {
    const time = timeOf(dayFirst.rest)
    if (time === undefined && dayFirst.rest) return undefined
    const meant = moment(dayFirst.day, time ?? dayFirst.time ?? MORNING, zone)
    return meant <= now && dayFirst.again ? moment(added(dayFirst.day, dayFirst.again), time ?? MORNING, zone) : meant
  }
  const words = text.split(' ')
  for (let taken = words.length; taken > 0; taken--) {
    const time = timeOf(words.slice(0, taken).join(' '))
    const rest = words.slice(taken).join(' ').replace(/^on /, '')
    if (time === undefined) continue
    if (rest) return dayOf(rest, today)?.rest === '' ? onDay(`${rest} ${words.slice(0, taken).join(' ')}`, now, zone) : undefined
    const meant = moment(today, time, zone)
    return meant > now ? meant : moment(added(today, 1), time, zone)
  }
  return undefined
}

interface Meant {
  day: Day
  rest: string
  /** A time that the day's name says. */
  time?: number
  /** So many days later where it is over: a weekday comes again. */
  again?: number
}

function dayOf(words: string, today: Day): Meant | undefined {
  const text = words.replace(/^on /, '')
  const overmorrow = /^(?:the )?day after tomorrow(?: |$)/.exec(text)
  if (overmorrow) return { day: added(today, 2), rest: text.slice(overmorrow[0].length) }
  const [word = '', ...more] = text.split(' ')
  const rest = more.join(' ')
  if (word === 'today') return { day: today, rest }
  if (word === 'tonight') return { day: today, rest, time: (NAMED.tonight ?? 0) * 60 }
  if (word === 'tomorrow') return { day: added(today, 1), rest }
  const next = word === 'next'
  const named = next ? (more[0] ?? '') : word
  if (next && named === 'week') return { day: added(today, 7), rest: more.slice(1).join(' ') }
  const weekday = /^(sun|mon|tue|tues|wed|wednes|thu|thur|thurs|fri|sat|satur)(day)?$/.test(named) ? DAYS.indexOf(named.slice(0, 3)) : -1
  if (weekday >= 0) {
    const ahead = (weekday - weekdayOf(today) + 7) % 7
    return { day: added(today, next && !ahead ? 7 : ahead), rest: next ? more.slice(1).join(' ') : rest, again: 7 }
  }
  return dateOf(text, today)
}

const DATES = [
  /^(?<year>\d{4})-(?<month>\d{1,2})-(?<day>\d{1,2})(?=[ t]|$)t?/,
  /^(?<day>\d{1,2})\.(?<month>\d{1,2})\.(?<year>\d{4})?(?= |$)/,
  /^(?<day>\d{1,2})(?:st|nd|rd|th)?\.? (?:of )?(?<name>[a-z]{3,9})\.?(?: (?<year>\d{4}))?(?=[ ,]|$),?/,
  /^(?<name>[a-z]{3,9})\.? (?<day>\d{1,2})(?:st|nd|rd|th)?(?:,? (?<year>\d{4}))?(?=[ ,]|$),?/,
]

function dateOf(text: string, today: Day): Meant | undefined {
  for (const pattern of DATES) {
    const match = pattern.exec(text)
    if (!match?.groups) continue
    const { day, month, name, year } = match.groups
    const at = { year: Number(year ?? today.year), month: name ? MONTHS.indexOf(name.slice(0, 3)) : Number(month) - 1, day: Number(day) }
    if (!isDay(at)) continue
    const over = !year && Date.UTC(at.year, at.month, at.day) < Date.UTC(today.year, today.month, today.day)
    return { day: over ? { ...at, year: at.year + 1 } : at, rest: text.slice(match[0].length).trim() }
  }
  return undefined
}

const isDay = ({ year, month, day }: Day) => new Date(Date.UTC(year, month, day)).getUTCMonth() === month && day > 0

/** Minutes since midnight: "9", "at 9:30", "14.00", "9am", "noon". */
function timeOf(text: string): number | undefined {
  const word = text.replace(/^(at|in the|@)\s*/, '').trim()
  if (word in NAMED) return (NAMED[word] ?? 0) * 60
  const [, hours, minutes = '0', half] = /^(\d{1,2})(?:[:.h](\d{2}))?\s*(am|pm)?(?: o'?clock)?$/.exec(word) ?? []
  if (hours === undefined) return undefined
  const hour = half ? (Number(hours) % 12) + (half === 'pm' ? 12 : 0) : Number(hours)
  if (hour > 23 || Number(minutes) > 59 || (half && (Number(hours) < 1 || Number(hours) > 12))) return undefined
  return hour * 60 + Number(minutes)
}

function added({ year, month, day }: Day, days: number): Day {
  const at = new Date(Date.UTC(year, month, day + days))
  return { year: at.getUTCFullYear(), month: at.getUTCMonth(), day: at.getUTCDate() }
}

const weekdayOf = ({ year, month, day }: Day) => new Date(Date.UTC(year, month, day)).getUTCDay()

const formats = new Map<string, Intl.DateTimeFormat>()

/** The day and the minute of it that a clock on a wall of this zone shows. */
function wall(at: Date, zone: string): { at: Day; time: number } {
  let format = formats.get(zone)
  if (!format) {
    const numeric = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' } as const
    format = new Intl.DateTimeFormat('en-US', { ...numeric, timeZone: zone, calendar: 'gregory', hourCycle: 'h23' })
    formats.set(zone, format)
  }
  const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]))
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0 } = parts
  return { at: { year, month: month - 1, day }, time: hour * 60 + minute }
}

/** How far a zone's clocks are ahead of UTC at a moment, in milliseconds. */
function ahead(at: number, zone: string): number {
  const { at: day, time } = wall(new Date(at), zone)
  return Date.UTC(day.year, day.month, day.day) + time * MINUTE - Math.floor(at / MINUTE) * MINUTE
}

/** When a clock on a wall shows this. What is skipped in spring is as much later; of what comes twice, the first. */
function moment({ year, month, day }: Day, time: number, zone: string): Date {
  const shown = Date.UTC(year, month, day) + time * MINUTE
  const before = shown - ahead(shown - 24 * 60 * MINUTE, zone)
  const later = shown - ahead(shown + 24 * 60 * MINUTE, zone)
  return new Date(ahead(before, zone) === shown - before || ahead(later, zone) !== shown - later ? before : later)
}
