// Bundles the styles and scripts into the folder that is given, each file with its hash in its name and compressed beside it.
import { build } from 'esbuild'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const [out, ...entries] = process.argv.slice(2)
rmSync(out, { recursive: true, force: true })

await build({
  entryPoints: entries.map(path => ({ in: path, out: basename(path).replace(/\.[^.]+$/, '') })),
  outdir: out,
  entryNames: '[name].[hash]',
  bundle: true,
  minify: true,
  format: 'esm',
  target: ['chrome123', 'firefox121', 'safari17.5'],
  loader: { '.svg': 'copy' },
  logLevel: 'warning',
})

for (const name of readdirSync(out)) {
  const bytes = readFileSync(join(out, name))
  writeFileSync(join(out, name + '.br'), brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }))
  writeFileSync(join(out, name + '.gz'), gzipSync(bytes, { level: 9 }))
}
