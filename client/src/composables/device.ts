/** What a browser says it is, in two words: its user agent is long and nobody's name. */
import { t } from '@/words'

const browsers: [RegExp, string][] = [
  [/\bEdg/, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/Firefox\/|FxiOS/, 'Firefox'],
  [/Chrome\/|CriOS/, 'Chrome'],
  [/Safari\//, 'Safari'],
]
const systems: [RegExp, string][] = [
  [/iPhone/, 'iPhone'],
  [/iPad/, 'iPad'],
  [/Android/, 'Android'],
  [/Windows/, 'Windows'],
  [/Mac OS X/, 'macOS'],
  [/Linux/, 'Linux'],
]

/** "Firefox on Windows"; what is no browser's user agent stays as it is. */
export function device(label: string): string {
  const browser = named(browsers, label)
  const system = named(systems, label)
  if (!browser || !system || !label.startsWith('Mozilla/')) return label || t('sessionUnknown')
  return t('sessionDevice', { browser, system })
}

function named(known: [RegExp, string][], label: string): string | undefined {
  return known.find(([pattern]) => pattern.test(label))?.[1]
}
