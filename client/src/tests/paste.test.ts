import { expect, it } from 'vitest'

import { tableOf, toMarkdown } from '@/composables/paste'

const CASES: [string, string][] = [
  ['<p>Hello <b>bold</b> and <i>soft</i>, <code>x = 1</code></p>', 'Hello **bold** and *soft*, `x = 1`'],
  ['<p>One</p><p><strong>Two </strong>words</p>', 'One\n\n**Two** words'],
  ['<h2>Title</h2><p>Text</p>', '## Title\n\nText'],
  ['<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>', '- a\n- b\n  - c'],
  ['<ol><li>a</li><li>b</li></ol>', '1. a\n2. b'],
  ['<blockquote><p>said</p></blockquote>', '> said'],
  ['<pre><code class="language-py">if x:\n    y\n</code></pre>', '```py\nif x:\n    y\n```'],
  ['<a href="https://example.org/a_(b)">here</a>', '[here](https://example.org/a_%28b%29)'],
  ['<a href="https://example.org">https://example.org</a>', 'https://example.org'],
  ['<a href="javascript:alert(1)">here</a> <b>x</b>', 'here **x**'],
  ['<b style="font-weight:normal"><span style="font-weight:700">bold</span> thin</b>', '**bold** thin'],
  ['<b>a*b_c</b> [x] `y`', '**a\\*b_c** \\[x\\] \\`y\\`'],
  ['<del>gone</del><br>next', '~~gone~~\nnext'],
  ['<table><tr><th>a</th><th>b</th></tr><tr><td>1|2</td><td><b>3</b></td></tr></table>', '| a | b |\n| --- | --- |\n| 1\\|2 | **3** |'],
  ['<img src="http://evil.example/x.png" alt="a picture"> <b>x</b>', 'a picture **x**'],
  ['<script>window.x = 1</script><style>b{}</style><b>x</b>', '**x**'],
  ['<div>plain <span>text</span></div>', ''],
]

it.each(CASES)('makes Markdown of %s', (html, markdown) => {
  expect(toMarkdown(html)).toBe(markdown)
})

it('makes a table of what a spreadsheet copies, and leaves code alone', () => {
  expect(tableOf('a\tb\r\n1\t2|3\r\n')).toBe('| a | b |\n| --- | --- |\n| 1 | 2\\|3 |')
  expect(tableOf('if x:\n\ty\n')).toBe('')
  expect(tableOf('a\tb')).toBe('')
  expect(tableOf('a\tb\nc')).toBe('')
})

it('reads what is nested without end', () => {
  expect(toMarkdown('<b>'.repeat(400) + 'deep')).toContain('deep')
})
