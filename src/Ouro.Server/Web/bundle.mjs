// Bundles the styles and scripts into the folder that is given, each file with its hash in its name and compressed beside it.
import { build } from 'esbuild'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, extname, join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const [out, ...entries] = process.argv.slice(2)
rmSync(out, { recursive: true, force: true })

// What a PDF may need besides itself: character maps of East Asia, the fonts that every reader has, decoders of rare images. Each is a file of its
// own that is asked for when a document needs it; the module “pdf-parts” tells its address by its name.
const pdfParts = {
  name: 'pdf-parts',
  setup(bundling) {
    const home = join(import.meta.dirname, 'node_modules', 'pdfjs-dist')
    bundling.onResolve({ filter: /^pdf-parts$/ }, () => ({ path: home, namespace: 'pdf-parts' }))
    bundling.onLoad({ filter: /.*/, namespace: 'pdf-parts' }, () => {
      const parts = ['cmaps', 'standard_fonts', 'wasm']
        .flatMap(folder => readdirSync(join(home, folder)).map(name => ({ name, path: join(home, folder, name) })))
        .filter(part => /\.(bcmap|pfb|ttf)$|^(jbig2|openjpeg)\.wasm$/.test(part.name))
      return {
        contents: parts.map((part, i) => `import p${i} from ${JSON.stringify(part.path)}`).join('\n')
          + `\nexport default {${parts.map((part, i) => `${JSON.stringify(part.name)}: p${i}`).join(',')}}`,
        resolveDir: home,
      }
    })
  },
}

await build({
  entryPoints: entries.map(path => ({ in: path, out: basename(path).replace(/\.[^.]+$/, '') })),
  outdir: out,
  entryNames: '[name].[hash]',
  assetNames: '[name].[hash]',
  publicPath: '/web/assets',
  bundle: true,
  minify: true,
  format: 'esm',
  target: ['chrome123', 'firefox121', 'safari17.5'],
  loader: { '.svg': 'copy', '.bcmap': 'file', '.pfb': 'file', '.ttf': 'file', '.wasm': 'file' },
  // Scripts stand beside the pages they are for, and packages here.
  nodePaths: [join(import.meta.dirname, 'node_modules')],
  // What the package names first is a build for developers that evaluates its parts from strings.
  alias: { '3dmol': join(import.meta.dirname, 'node_modules', '3dmol', 'build', '3Dmol.es6-min.js') },
  plugins: [pdfParts],
  logLevel: 'warning',
})

const compressible = new Set(['.css', '.js', '.svg', '.ttf', '.wasm'])
for (const name of readdirSync(out)) {
  if (!compressible.has(extname(name))) continue
  const bytes = readFileSync(join(out, name))
  writeFileSync(join(out, name + '.br'), brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }))
  writeFileSync(join(out, name + '.gz'), gzipSync(bytes, { level: 9 }))
}
