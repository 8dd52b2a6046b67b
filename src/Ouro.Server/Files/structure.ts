// Atoms as balls and bonds as sticks, with the cell of a crystal around them. Nothing turns by itself, and nothing is fetched but the file.
import { createViewer, type GLModel, type GLViewer } from '3dmol'
import { edgesIn, edgesOf, filled, point, unmetalled, type Atom, type Edges, type Measures, type Triple } from './scripts/cell.ts'
import { buttons, bytes, drawsInSpace, open, unshown, wheelWhenChosen } from './scripts/stage.ts'

const mostBytes = 20_000_000
const mostBalls = 4000

export async function show(viewer: HTMLElement) {
  if (!drawsInSpace()) throw unshown('This browser draws nothing in three dimensions (WebGL is off).')
  const text = new TextDecoder().decode(await bytes(viewer, mostBytes))
  const stage = open(viewer)
  const drawing = createViewer(stage, { backgroundAlpha: 0, backgroundColor: 'white', antialias: true, upscale: false, disableFog: true }) as GLViewer | undefined
  if (!drawing) throw unshown('This browser draws nothing in three dimensions (WebGL is off).')
  const count = build(drawing, text, viewer.dataset.format!)
  if (count === 0) throw unshown('No atoms were found in this file.')

  drawing.zoomTo()
  // A little from the side, so that no row of atoms hides behind another.
  drawing.rotate(-18, 'y')
  drawing.rotate(12, 'x')
  drawing.zoom(0.98 * Math.min(1, stage.clientWidth / stage.clientHeight))
  const home = drawing.getView()
  drawing.render()
  viewer.dataset.atoms = String(count)
  wheelWhenChosen(stage)
  const draws = (change: () => void) => () => {
    change()
    drawing.render()
  }
  buttons(viewer, {
    reset: draws(() => drawing.setView(home)),
    left: draws(() => drawing.rotate(-15, 'y')), right: draws(() => drawing.rotate(15, 'y')),
    up: draws(() => drawing.rotate(-15, 'x')), down: draws(() => drawing.rotate(15, 'x')),
    nearer: draws(() => drawing.zoom(1.25)), farther: draws(() => drawing.zoom(0.8)),
  })
  let { clientWidth: width, clientHeight: height } = stage
  new ResizeObserver(() => {
    if (stage.clientWidth === width && stage.clientHeight === height) return
    ;({ clientWidth: width, clientHeight: height } = stage)
    drawing.resize()
  }).observe(stage)
}

/**
 * Makes what is drawn, and tells of how many atoms. A file of a crystal lists the atoms that differ; its symmetry makes the rest, more than once where
 * it leaves an atom in its place. What is drawn is the cell as it stands in books: each atom once, and those on its faces on all of them.
 */
function build(drawing: GLViewer, text: string, format: string): number {
  const model = drawing.addModel(text, format, { doAssembly: isOfCells(text, format), duplicateAssemblyAtoms: true, wrapAtoms: true, dontConnectDuplicatedAtoms: true, keepH: true }) as GLModel
  const atoms = model.selectedAtoms({}) as Atom[]
  const edges = cell(text, format, model)
  if (!edges || atoms.length === 0 || atoms.length > mostBalls) {
    dress(drawing, atoms.length)
    return atoms.length
  }
  const whole = filled(atoms, edges)
  drawing.removeModel(model)
  const crystal = drawing.addModel(`${whole.length}\n\n${whole.map(a => `${a.elem} ${a.x} ${a.y} ${a.z}`).join('\n')}\n`, 'xyz') as GLModel
  unmetalled(crystal.selectedAtoms({}) as Atom[])
  dress(drawing, whole.length)
  frame(drawing, edges)
  return whole.length
}

/** Large molecules of life are drawn as ribbons, with what is bound to them as balls and sticks. */
function dress(drawing: GLViewer, count: number) {
  const balls = { stick: { radius: 0.13, colorscheme: 'Jmol' }, sphere: { scale: 0.28, colorscheme: 'Jmol' } }
  if (count <= mostBalls) return drawing.setStyle({}, balls)
  drawing.setStyle({}, { line: { colorscheme: 'Jmol' } })
  drawing.setStyle({ hetflag: false }, { cartoon: { color: 'spectrum' } })
  drawing.setStyle({ hetflag: true }, balls)
}

/** The twelve edges; those that have a name, in colours of their own. */
function frame(drawing: GLViewer, edges: Edges) {
  const at = (parts: Triple) => {
    const [x, y, z] = point(edges, parts)
    return { x, y, z }
  }
  const radius = Math.max(0.025, Math.min(0.08, Math.hypot(...edges[0]) / 160))
  for (const [axis, name, color] of [[0, 'a', '#c8414f'], [1, 'b', '#348a57'], [2, 'c', '#3a74c4']] as const) {
    for (const [one, other] of [[0, 0], [0, 1], [1, 0], [1, 1]] as const) {
      const from: Triple = axis === 0 ? [0, one, other] : axis === 1 ? [one, 0, other] : [one, other, 0]
      const to = from.map((part, i) => i === axis ? 1 : part) as Triple
      const isNamed = one + other === 0
      drawing.addCylinder({ start: at(from), end: at(to), radius: isNamed ? radius * 1.6 : radius, color: isNamed ? color : '#8a8a8a', fromCap: 1, toCap: 1 })
      if (isNamed)
        drawing.addLabel(name, { position: at(to.map(part => part * 1.1) as Triple), fontColor: 'white', backgroundColor: color, backgroundOpacity: 1, fontSize: 13, inFront: true, alignment: 'center' })
    }
  }
}

/** Coordinates of a large molecule are in Ångström in the same kind of file, and its symmetry is of its own. */
function isOfCells(text: string, format: string): boolean {
  return format === 'cif' && !/^\s*_atom_site\.Cartn_x/mi.test(text)
}

function cell(text: string, format: string, model: GLModel): Edges | null {
  if (format === 'xyz') return edgesIn(numbers(/Lattice\s*=\s*"([^"]*)"/i.exec(text.slice(0, 10_000))?.[1]))
  if (format === 'vasp') {
    const lines = text.trimStart().split(/\r?\n/)
    return edgesIn(numbers(lines.slice(2, 5).map(line => line.trim().split(/\s+/).slice(0, 3).join(' ')).join(' ')), Number(lines[1]))
  }
  // One by one by one stands in files of molecules that have no cell, and around a protein it would be a large box with a small knot in it.
  if (format === 'cif' ? isOfCells(text, format) : format === 'pdb' && /^CRYST1 +(?!1\.000)/m.test(text) && !/^ATOM  /m.test(text)) {
    const measures = model.getCrystData() as Measures | null
    return measures?.gamma ? edgesOf(measures) : null
  }
  return null
}

function numbers(text: string | undefined): number[] {
  return text?.trim().split(/\s+/).map(Number) ?? []
}
