/** What a language changes: plurals, lists, numbers, dates, refusals, and when people mean. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { CallError, fromAnswer } from '@/errors'
import { type Language, chosen, language, speak } from '@/language'
import german from '@/languages/de'
import mirror from '@/languages/mirror'
import { fileSize } from '@/composables/fileSize'
import { ago, date, dayName } from '@/time'
import { parseWhen } from '@/when'
import { type Word, list, t, teach } from '@/words'
import '@/words.due'
import '@/words.later'
import '@/words.talk'

const english = language.value
afterEach(async () => {
  chosen.value = 'system'
  await speak()
})

const speaks = (one: Language) => (language.value = one)

describe('in German', () => {
  beforeEach(() => speaks(german))

  it('chooses plurals, groups digits and joins names as Germans do', () => {
    expect(t('members', { count: 1 })).toBe('1 Mitglied')
    expect(t('members', { count: 1234 })).toBe('1.234 Mitglieder')
    expect(list(['Ann', 'Bo', 'Cy'])).toBe('Ann, Bo und Cy')
    expect(fileSize(1_500_000)).toBe('1,5 MB')
  })

  it('says days and times in German', () => {
    const now = new Date(2026, 10, 25, 15, 30)
    expect(dayName(now, now)).toBe('Heute')
    expect(dayName(new Date(2026, 10, 21), now)).toBe('Samstag, 21. November')
    expect(ago(new Date(2026, 10, 25, 15, 25), now)).toBe('vor 5 Minuten')
    expect(date(now)).toBe('25. Nov. 2026')
  })

  it('says an English word where it has none', () => {
    teach({ newfangled: 'Newfangled' })
    expect(t('newfangled' as Word)).toBe('Newfangled')
  })

  it('refuses in German, with what the server puts in, and in English what it does not know', () => {
    const said = (message: string) => fromAnswer({ code: -32004, message, data: { kind: 'conflict' } }).message
    expect(said('This room is archived.')).toBe('Dieser Raum ist archiviert.')
    expect(said('Bo {1} is banned from this room: unban them first.')).toMatch(/^Bo \{1\} ist aus diesem Raum ausgesperrt/)
    expect(said('“x”: has: is followed by link, file or image.')).toBe('„x“: Nach has: kommt link, file oder image.')
    expect(said('Something quite new.')).toBe('Something quite new.')
    expect(fromAnswer({ code: -32602, message: 'This must not be empty.', data: { field: 'name' } })).toEqual(new CallError('invalid', 'Das darf nicht leer sein.', 'name'))
  })
})

describe('when Germans mean', () => {
  beforeEach(() => speaks(german))

  /** Said on a Wednesday at 15:30 in Vienna. */
  const meant = (words: string) => parseWhen(words, new Date('2026-11-25T14:30:00Z'), 'Europe/Vienna')?.toISOString().replace(':00.000Z', 'Z')

  it.each([
    ['in 20 Minuten', '2026-11-25T14:50Z'],
    ['in 20 min', '2026-11-25T14:50Z'],
    ['in einer Stunde', '2026-11-25T15:30Z'],
    ['in einer halben Stunde', '2026-11-25T15:00Z'],
    ['in einer Viertelstunde', '2026-11-25T14:45Z'],
    ['in einer Dreiviertelstunde', '2026-11-25T15:15Z'],
    ['in anderthalb Stunden', '2026-11-25T16:00Z'],
    ['in zwei Stunden und 15 Minuten', '2026-11-25T16:45Z'],
    ['in 2 Std.', '2026-11-25T16:30Z'],
    ['in drei Tagen', '2026-11-28T14:30Z'],
    ['in einer Woche', '2026-12-02T14:30Z'],
    ['morgen', '2026-11-26T08:00Z'],
    ['Morgen um 9', '2026-11-26T08:00Z'],
    ['morgen um 9 Uhr 15', '2026-11-26T08:15Z'],
    ['morgen früh', '2026-11-26T08:00Z'],
    ['morgen früh um 7', '2026-11-26T06:00Z'],
    ['morgen um halb 9', '2026-11-26T07:30Z'],
    ['morgen um halb neun', '2026-11-26T07:30Z'],
    ['morgen Viertel nach 9', '2026-11-26T08:15Z'],
    ['morgen um Viertel vor 9', '2026-11-26T07:45Z'],
    ['morgen Mittag', '2026-11-26T11:00Z'],
    ['morgen Nachmittag um 3', '2026-11-26T14:00Z'],
    ['übermorgen um 10', '2026-11-27T09:00Z'],
    ['heute Abend', '2026-11-25T19:00Z'],
    ['heute Abend um 8', '2026-11-25T19:00Z'],
    ['heute um 20 Uhr', '2026-11-25T19:00Z'],
    ['um 8 Uhr abends', '2026-11-25T19:00Z'],
    ['Freitag 14:00', '2026-11-27T13:00Z'],
    ['Fr. 14 Uhr', '2026-11-27T13:00Z'],
    ['am Freitag um 14 Uhr', '2026-11-27T13:00Z'],
    ['Freitagabend', '2026-11-27T17:00Z'],
    ['Samstag Vormittag', '2026-11-28T08:00Z'],
    ['Sonnabend', '2026-11-28T08:00Z'],
    ['nächsten Montag um 9', '2026-11-30T08:00Z'],
    ['kommenden Montag um 9', '2026-11-30T08:00Z'],
    ['nächste Woche', '2026-12-02T08:00Z'],
    ['am 3. Dezember um 20 Uhr', '2026-12-03T19:00Z'],
    ['3. Dez.', '2026-12-03T08:00Z'],
    ['1. März', '2027-03-01T08:00Z'],
    ['24.12. um 18:00', '2026-12-24T17:00Z'],
    ['Mitternacht', '2026-11-25T23:00Z'],
    ['tomorrow at 9 am', '2026-11-26T08:00Z'],
    ['9am monday', '2026-11-30T08:00Z'],
    ['in 2 hours', '2026-11-25T16:30Z'],
  ])('"%s" is known', (words, moment) => {
    expect(meant(words)).toBe(moment)
  })

  it.each(['', 'bald', 'in', 'morgen um 25 Uhr', 'irgendwann am Montag vielleicht', 'in einer Weile', 'halb', 'heute um 9', '31. Februar', 'halb 9 '.repeat(2_000)])(
    'nothing is guessed at "%s"',
    (words) => expect(meant(words)).toBe(undefined),
  )

  it.each(['whenIn20', 'whenIn60', 'whenTomorrow', 'whenMonday'] as Word[])('what the button %s says is understood, in every language', (word) => {
    for (const one of [english, german, mirror]) {
      speaks(one)
      expect(meant(t(word)), `${one.tag}: ${t(word)}`).toBeDefined()
    }
  })
})

it('speaks what was chosen, and English where that is not there', async () => {
  chosen.value = 'de'
  await speak()
  expect([t('cancel'), document.documentElement.lang]).toEqual(['Abbrechen', 'de'])
  chosen.value = 'tlh'
  await speak()
  expect([t('cancel'), document.documentElement.lang]).toEqual(['Cancel', 'en'])
})

it('speaks the last choice, whichever was loaded first', async () => {
  chosen.value = 'de'
  const first = speak()
  chosen.value = 'en'
  await Promise.all([speak(), first])
  expect(t('cancel')).toBe('Cancel')
})

it('is a third longer and turned round in the mirror, its blanks whole and apart from what is around them', () => {
  speaks(mirror)
  const said = t('welcome', { name: 'Ann' })
  expect(said).toBe('\u200f\u202eWeelcoomee too \u202c\u200f\u2068Ann\u2069')
  expect(t('archiveText').length).toBeGreaterThan(1.3 * 'Everybody keeps its messages; nobody can write there until it is opened again.'.length)
})
