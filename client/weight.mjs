/**
 * What the first load is made of: `npm run weight` prints every module in it, the heaviest first, by the bytes that
 * Brotli would save without it. Names are not shortened here, so the sum is larger than what travels.
 */
import { brotliCompressSync } from 'node:zlib'

import { build } from 'vite'

const { output } = await build({ logLevel: 'error', build: { write: false } })
const isFirst = (one) => one.type === 'chunk' && one.isEntry && one.name === 'index'
const styles = output.filter((one) => /^assets\/index-.*\.css$/.test(one.fileName))
const modules = Object.entries(output.find(isFirst).modules).filter(([, { code }]) => code)
const size = (texts) => brotliCompressSync(texts.join('\n')).length
const all = size(modules.map(([, { code }]) => code))

const rows = modules.map(([id, { code }]) => {
  const without = modules.filter(([other]) => other !== id).map(([, other]) => other.code)
  return [all - size(without), code.length, id.replace(/^\0|^.*\/(client|node_modules)\//g, '')]
})
for (const [saved, length, id] of rows.sort((a, b) => b[0] - a[0])) {
  console.log(`${String(saved).padStart(7)} ${String(length).padStart(8)}  ${id}`)
}
for (const { fileName, source } of styles) console.log(`${String(size([source])).padStart(7)} ${String(source.length).padStart(8)}  ${fileName}`)
console.log(`${String(size([output.find(isFirst).code])).padStart(7)}  the script as it travels`)
