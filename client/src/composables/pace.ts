/** How long seconds are in words, and what slow mode lets one choose. */
import { t } from '@/words'
import '@/words.moderation'

export const PACES = [0, 5, 10, 30, 60, 300, 900, 3600, 21_600]

export function paceName(seconds: number): string {
  if (!seconds) return t('slowOff')
  if (seconds < 60) return t('slowSeconds', { count: seconds })
  return seconds < 3600 ? t('slowMinutes', { count: Math.round(seconds / 60) }) : t('slowHours', { count: Math.round(seconds / 3600) })
}

/** "0:25", "1:05:00": what is left, for who waits. */
export function countdown(seconds: number): string {
  const two = (n: number) => String(n).padStart(2, '0')
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60]
  return `${hours ? `${hours}:${two(minutes)}` : minutes}:${two(seconds % 60)}`
}
