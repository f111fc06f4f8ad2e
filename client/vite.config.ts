import { createHash } from 'node:crypto'
import { realpathSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { brotliCompress, gzip } from 'node:zlib'

import vue from '@vitejs/plugin-vue'
import type { BuildOptions, Plugin, Rolldown } from 'vite'
import { defineConfig } from 'vitest/config'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

const out = here('../chinwag/static')
const server = `http://localhost:${process.env.PORT || '8080'}`

/** Writes `.br` and `.gz` beside every file that compresses, so that the server never has to. */
function precompress(): Plugin {
  return {
    name: 'precompress',
    apply: 'build',
    async closeBundle() {
      const entries = await readdir(out, { recursive: true })
      const texts = entries.filter((name) => /\.(css|html|js|json|svg|webmanifest)$/.test(name))
      await Promise.all(texts.map((name) => compress(join(out, name))))
    },
  }
}

async function compress(path: string) {
  const bytes = await readFile(path)
  await writeFile(`${path}.br`, await promisify(brotliCompress)(bytes))
  await writeFile(`${path}.gz`, await promisify(gzip)(bytes, { level: 9 }))
}

/** Tells the service worker what it is to keep: every part of the client but the sources' licences. */
function listShell(): Plugin {
  return {
    name: 'list-shell',
    apply: 'build',
    // After Vite has taken out the scripts of what is styles alone.
    enforce: 'post',
    generateBundle(_, bundle) {
      const worker = Object.values(bundle).find((one) => one.type === 'chunk' && one.name === 'sw')
      if (worker?.type !== 'chunk') throw new Error('The service worker was not built.')
      const files = Object.keys(bundle).filter((name) => /\.(css|js)$/.test(name) && name !== worker.fileName)
      const shell = { version: digest(files), files: [...files, 'icon.svg', 'old.js'].map((name) => `/${name}`) }
      worker.code = `const SHELL = ${JSON.stringify(shell)};\n${worker.code}`
    },
  }
}

/** The names of files hold hashes of what is in them. */
function digest(names: string[]): string {
  return createHash('sha256').update(names.sort().join(' ')).digest('hex').slice(0, 12)
}

/** What a page or a room asks for as soon as it is shown, beside what is imported by that. */
const SOON = [
  ...['AppKeys', 'ComposerFiles', 'ComposerLater', 'ComposerTools', 'PushOffer', 'ReadingBar', 'RoomDoor', 'RoomMenu', 'TimelineVoice', 'ToastList'].map((name) => `components/${name}.vue`),
  ...['composables/copying', 'composables/gestures', 'icons', 'stores/saved'].map((name) => `${name}.ts`),
].map((name) => realpathSync(here(`./src/${name}`)))

/** What the first page needs, in one file: split by who else imports it, it would weigh 2 kB more. */
const firstLoad = (id: string, build: Rolldown.ChunkingContext) => (isPartOf([here('./index.html')], id, build) ? 'index' : null)

/** The rest of what a room needs, in a file that is loaded next: each file is a way to the server and back. */
const soon = (id: string, build: Rolldown.ChunkingContext) => (isPartOf(SOON, id, build) ? 'soon' : null)

/** Whether one of these modules imports it, or imports what does. */
function isPartOf(roots: string[], id: string, build: Rolldown.ChunkingContext): boolean {
  const seen = new Set<string>()
  const waiting = [id]
  for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
    if (roots.includes(one)) return true
    if (!seen.has(one)) waiting.push(...(build.getModuleInfo(one)?.importers ?? []))
    seen.add(one)
  }
  return false
}

/** Shows every component in every state, at `/dev/gallery`; only while one works on the client. */
function gallery(): Plugin {
  return {
    name: 'gallery',
    apply: 'serve',
    configureServer(server) {
      server.middlewares.use((request, _, next) => {
        request.url = request.url?.replace(/^\/dev\/gallery(?=$|\?)/, '/gallery.html')
        next()
      })
    },
  }
}

/** The gallery as files, for the tests that take pictures of it and say where they are to be. */
const galleryBuild: BuildOptions = {
  target: 'chrome125',
  rolldownOptions: { input: here('./gallery.html') },
}

const clientBuild: BuildOptions = {
  outDir: out,
  emptyOutDir: true,
  // Older targets turn light-dark() into a variable hack.
  target: ['chrome125', 'firefox128', 'safari18'],
  // The content security policy allows no data: URLs in scripts and styles.
  assetsInlineLimit: 0,
  // Of a lazy part only its styles are asked for beside it: to name all that it imports would weigh 1 kB in the first
  // load, and the service worker has brought it before it is wanted.
  modulePreload: { polyfill: false, resolveDependencies: (_, names) => names.filter((name) => name.endsWith('.css')) },
  rolldownOptions: {
    input: { index: here('./index.html'), sw: here('./sw/sw.ts') },
    // Whoever runs this for the first time need not read which step took how long.
    checks: { bundlerTimings: false },
    output: {
      // The browser asks for it by this name at every visit, and looks whether it has changed.
      entryFileNames: (chunk) => (chunk.name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js'),
      codeSplitting: { groups: [{ name: firstLoad, debugName: 'firstLoad' }, { name: soon, debugName: 'soon' }] },
    },
  },
  license: { fileName: 'licenses.md' },
}

export default defineConfig(({ command, mode }) => ({
  plugins: [vue(), ...(mode === 'gallery' ? [] : [listShell(), precompress(), gallery()])],
  resolve: { alias: { '@': here('./src') } },
  // Vue's tests need the options API; the built client does without it, and is smaller for it.
  define:
    command === 'build'
      ? {
          __VUE_OPTIONS_API__: 'false',
          __VUE_PROD_DEVTOOLS__: 'false',
          __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
        }
      : {},
  server: {
    port: 3000,
    strictPort: true,
    // node_modules may be a link to another checkout's.
    fs: { allow: [here('.'), realpathSync(here('./node_modules'))] },
    // changeOrigin sets `Host` to the server's own; `Origin` stays Vite's, which the server lets in under --debug only.
    proxy: {
      '/ws': { target: server, ws: true, changeOrigin: true },
      '^/(rpc|chat|files|avatars?|emoji|previews|health|openrpc\\.json)(/|\\?|$)': { target: server, changeOrigin: true },
    },
  },
  build: mode === 'gallery' ? galleryBuild : clientBuild,
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.ts'],
    setupFiles: ['fake-indexeddb/auto'],
    restoreMocks: true,
    testTimeout: 20_000,
  },
}))
