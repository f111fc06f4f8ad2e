/** When a status, or quiet, may end, as people say it; in the time zone that one is in. */
import { parseWhen } from '@/when'

export type End = keyof typeof ends

export const ends = {
  untilHalf: () => parseWhen('in 30 minutes'),
  untilHour: () => parseWhen('in 1 hour'),
  untilFour: () => parseWhen('in 4 hours'),
  untilTonight: () => parseWhen('tomorrow at midnight'),
  untilWeek: () => parseWhen('next monday at midnight'),
  untilNever: () => undefined,
} satisfies Record<string, () => Date | undefined>
