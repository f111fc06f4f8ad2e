import { expect, it } from 'vitest'

import { highlighted } from '@/composables/highlight'

async function drawn(code: string, language: string): Promise<HTMLElement> {
  const box = document.createElement('div')
  const fragment = await highlighted(code, language)
  if (fragment) box.append(fragment)
  return box
}

it('colours code and changes no letter of it', async () => {
  const code = 'def f(x):\n    return "<b>&amp;" + x  # why\n'
  const box = await drawn(code, 'py')
  expect(box.textContent).toBe(code)
  expect(box.querySelector('.code-keyword')?.textContent).toBe('def')
  expect(box.querySelector('.code-string')?.textContent).toBe('"<b>&amp;"')
})

it('makes nothing but spans of code that is HTML', async () => {
  const code = '<img src=x onerror="alert(1)"><script>alert(2)</script>'
  for (const language of ['html', 'js', 'php', 'css']) {
    const box = await drawn(code, language)
    expect(box.textContent).toBe(code)
    expect([...box.querySelectorAll('*')].every((one) => one.nodeName === 'SPAN')).toBe(true)
  }
})

it('leaves languages alone that it does not know', async () => {
  expect(await highlighted('x', 'klingon')).toBeNull()
  expect(await highlighted('x', 'constructor')).toBeNull()
})
