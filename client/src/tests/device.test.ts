import { expect, it } from 'vitest'

import { device } from '@/composables/device'
import '@/words.later'

it('names browser and system', () => {
  expect(device('Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36')).toBe(
    'Chrome on Linux',
  )
  expect(device('Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile Safari/604.1')).toBe(
    'Safari on iPhone',
  )
  expect(device('Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:153.0) Gecko/20100101 Firefox/153.0')).toBe('Firefox on Windows')
})

it('leaves the label of a token alone', () => {
  expect(device('Backup on Linux, Chrome/ or not')).toBe('Backup on Linux, Chrome/ or not')
  expect(device('')).toBe('A browser')
})
