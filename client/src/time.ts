/** Dates and times as people read them; every Intl formatter is made once for a language. */
import { computed } from 'vue'

import { locale } from './language'

const format = (options: Intl.DateTimeFormatOptions) => computed(() => new Intl.DateTimeFormat(locale.value, options))
const near: Intl.DateTimeFormatOptions = { weekday: 'long', day: 'numeric', month: 'long' }
/** Each is made when it is first wanted: a browser takes its time for it. */
const formats = {
  clock: format({ hour: 'numeric', minute: '2-digit' }),
  moment: format({ dateStyle: 'full', timeStyle: 'short' }),
  exact: format({ dateStyle: 'full', timeStyle: 'medium' }),
  date: format({ day: 'numeric', month: 'short', year: 'numeric' }),
  near: format(near),
  far: format({ ...near, year: 'numeric' }),
  relative: computed(() => new Intl.RelativeTimeFormat(locale.value, { numeric: 'auto' })),
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

export function clock(at: Date): string {
  return formats.clock.value.format(at)
}

/** A day with its hour and minute, for what is to come. */
export function moment(at: Date): string {
  return formats.moment.value.format(at)
}

export function exact(at: Date): string {
  return formats.exact.value.format(at)
}

export function date(at: Date): string {
  return formats.date.value.format(at)
}

/** The local day as a sortable key, "2026-01-31". */
export function dayKey(at: Date): string {
  const two = (n: number) => String(n).padStart(2, '0')
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
}

/** "Today", "Yesterday", then the day with its weekday; the year only where it is not this one. */
export function dayName(at: Date, now = new Date()): string {
  const midnight = (d: Date) => new Date(d.getFullYear(), d.getMonth(), d.getDate()).getTime()
  const days = Math.round((midnight(now) - midnight(at)) / DAY)
  if (days === 0 || days === 1) return capital(formats.relative.value.format(-days, 'day'))
  return formats[at.getFullYear() === now.getFullYear() ? 'near' : 'far'].value.format(at)
}

/** "5 minutes ago", "in 3 days". */
export function ago(at: Date, now = new Date()): string {
  const apart = at.getTime() - now.getTime()
  const size = Math.abs(apart)
  if (size < MINUTE) return formats.relative.value.format(0, 'second')
  if (size < HOUR) return formats.relative.value.format(Math.round(apart / MINUTE), 'minute')
  if (size < DAY) return formats.relative.value.format(Math.round(apart / HOUR), 'hour')
  if (size < 30 * DAY) return formats.relative.value.format(Math.round(apart / DAY), 'day')
  return date(at)
}

function capital(words: string): string {
  return words.charAt(0).toLocaleUpperCase(locale.value) + words.slice(1)
}
