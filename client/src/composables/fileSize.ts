/** "3.4 MB", in the reader's own way of writing numbers. */
import { locale } from '@/language'

const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const

export function fileSize(bytes: number): string {
  const step = Math.min(3, Math.floor(Math.log10(Math.max(1, bytes)) / 3))
  const options = { style: 'unit', unit: units[step], unitDisplay: step ? 'short' : 'long' } as const
  return new Intl.NumberFormat(locale.value, { ...options, maximumFractionDigits: step > 1 ? 1 : 0 }).format(bytes / 1000 ** step)
}

/** Where a file is. */
export const fileUrl = ({ id, name }: { id: string; name: string }) => `/files/${id}/${encodeURIComponent(name)}`
export const previewUrl = ({ id }: { id: string }) => `/files/${id}/preview`
