/** What time it is in a zone, "14:05"; nothing where the browser does not know the zone. */
import { locale } from '@/language'

export function localTime(zone: string, now: Date): string {
  if (!zone) return ''
  try {
    return new Intl.DateTimeFormat(locale.value, { weekday: 'short', hour: 'numeric', minute: '2-digit', timeZone: zone }).format(now)
  } catch {
    return ''
  }
}
