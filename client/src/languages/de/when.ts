/** When people mean, in German: said again in English, which `when.ts` understands. Each rule works on what those before left. */

type Rule = [pattern: string, words: string | ((...found: string[]) => string)]

const HOUR = '(\\d{1,2})(?:[:.](\\d\\d))?'
const DAY = '(heute|morgen|übermorgen|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|sonnabend)'

const before = (hour: string, minutes: string) => `${(Number(hour) + 11) % 12 || 12}:${minutes}`
const later = (hour: string, minutes: string | undefined) => `${hour}${minutes ? `:${minutes}` : ''}${Number(hour) < 12 ? 'pm' : ''}`

const counts: Rule[] = [
  ['nächste woche', 'next week'],
  ['viertelstunde', 'viertel stunde'],
  ...'zwei drei vier fünf sechs sieben acht neun zehn elf zwölf'.split(' ').map((word, at): Rule => [word, String(at + 2)]),
  ['einer halben stunde', 'half an hour'],
  ['(?:einer )?viertel ?stunde', '15 minutes'],
  ['(?:einer )?(?:dreiviertel|3 viertel) ?stunde', '45 minutes'],
  ['anderthalb|eineinhalb', '1.5'],
  ['zweieinhalb', '2.5'],
  ['eine[mnrs]?', 'a'],
  ['min(?:uten?)?\\.?', 'minutes'],
  ['(?:stunden?|std\\.?)', 'hours'],
  ['tag(?:en?)?', 'days'],
  ['wochen?', 'weeks'],
  ['und', 'and'],
]

const clocks: Rule[] = [
  [`viertel nach ${HOUR}`, '$1:15'],
  [`viertel vor ${HOUR}`, (_, hour = '') => before(hour, '45')],
  [`dreiviertel ${HOUR}`, (_, hour = '') => before(hour, '45')],
  [`halb ${HOUR}`, (_, hour = '') => before(hour, '30')],
  ['(\\d{1,2}) uhr (\\d\\d)', '$1:$2'],
  [`${HOUR} uhr`, (all) => all.slice(0, -4)],
]

const times: Rule[] = [
  [`${DAY}(morgen|früh|vormittag|mittag|nachmittag|abend)`, '$1 $2'],
  [`${DAY} morgen`, '$1 morgens'],
  ['am (morgen|vormittag|mittag|nachmittag|abend)', '$1s'],
  [`(?:abends?|nachmittags?) (?:um |gegen )?${HOUR}`, (_, hour = '', minutes) => later(hour, minutes)],
  [`${HOUR} (?:abends?|nachmittags?)`, (_, hour = '', minutes) => later(hour, minutes)],
  [`(?:früh|morgens|vormittags?|mittags?) (?:um |gegen )?(?=\\d)`, ''],
  [`${HOUR} (?:früh|morgens|vormittags?|mittags?)`, (all) => all.slice(0, all.lastIndexOf(' '))],
  ['heute abend', 'tonight'],
  ['mitternacht', 'midnight'],
  ['mittags?', 'noon'],
  ['früh|morgens|vormittags?', 'morning'],
  ['nachmittags?', 'afternoon'],
  ['abends?', 'evening'],
]

const days: Rule[] = [
  ['heute', 'today'],
  ['übermorgen', 'day after tomorrow'],
  ['morgen', 'tomorrow'],
  ...['so(?:nntags?)?', 'mo(?:ntags?)?', 'di(?:enstags?)?', 'mi(?:ttwochs?)?', 'do(?:nnerstags?)?', 'fr(?:eitags?)?', 'sa(?:mstags?)?|sonnabends?'].map(
    (name, at): Rule => [`(?:${name})\\.?`, ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'][at] ?? ''],
  ),
  ['nächste[mnrs]?', 'next'],
  ['(?:(?:am|an) )?(?:diese[mnrs]?|kommende[mnrs]?)', ''],
  ...['j[aä]n(?:uar|ner)?', 'feb(?:ruar|er)?', 'mär(?:z)?', 'apr(?:il)?', 'mai', 'jun[io]?', 'jul[iy]?', 'aug(?:ust)?', 'sep(?:t|tember)?', 'okt(?:ober)?', 'nov(?:ember)?', 'dez(?:ember)?'].map(
    (name, at): Rule => [`(?:${name})\\.?`, ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'][at] ?? ''],
  ),
  // "9 am" is English.
  ['(?<!\\d ?)am', 'on'],
  ['um|gegen', 'at'],
]

const rules = [...counts, ...clocks, ...times, ...days].map(
  ([pattern, words]) => [new RegExp(`(?<![\\p{L}\\d])(?:${pattern})(?![\\p{L}])`, 'gu'), words] as const,
)

export function when(text: string): string {
  const said = rules.reduce((rest, [pattern, words]) => rest.replace(pattern, words as string), text)
  return said.replace(/\s+/g, ' ').trim()
}
