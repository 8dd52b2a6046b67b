// The cell of a crystal: its edges, and the atoms that fill it.

export interface Measures { a: number, b: number, c: number, alpha: number, beta: number, gamma: number }
export interface Atom { elem: string, x: number, y: number, z: number, bonds?: number[], bondOrder?: number[] }

/** Three numbers: a point in space, or parts of the three edges. */
export type Triple = [number, number, number]

/** The three edges that begin in the corner at the origin. */
export type Edges = [Triple, Triple, Triple]

// In Ångström: nearer than this is the same place, and this near to a face is on it.
const near = 0.05

/** Edges of which only lengths and angles are known: a lies along x, and b in the plane of x and y. */
export function edgesOf({ a, b, c, alpha, beta, gamma }: Measures): Edges | null {
  const [ca, cb, cg] = [alpha, beta, gamma].map(angle => Math.cos(angle * Math.PI / 180)) as Triple
  const sg = Math.sin(gamma * Math.PI / 180)
  const y = c * (ca - cb * cg) / sg
  return solid([[a, 0, 0], [b * cg, b * sg, 0], [c * cb, y, Math.sqrt(Math.max(0, c * c - (c * cb) ** 2 - y * y))]])
}

/** Edges as they stand in a text: nine numbers, one edge after the other. */
export function edgesIn(numbers: number[], scale = 1): Edges | null {
  const scaled = numbers.map(n => n * scale)
  return scaled.length === 9 ? solid([scaled.slice(0, 3), scaled.slice(3, 6), scaled.slice(6)] as Edges) : null
}

export function point(edges: Edges, parts: Triple): Triple {
  return [0, 1, 2].map(i => edges.reduce((sum, edge, n) => sum + edge[i]! * parts[n]!, 0)) as Triple
}

/** Each atom of the cell once, and those on a face, an edge or a corner on all that are alike. */
export function filled(atoms: Atom[], edges: Edges): Atom[] {
  const sizes = edges.map(edge => Math.hypot(...edge))
  const parts = inverse(edges)
  const kept: { elem: string, place: Triple }[] = []
  for (const { elem, x, y, z } of atoms) {
    const place = point(parts, [x, y, z]).map((part, i) => {
      const inside = part - Math.floor(part)
      return (1 - inside) * sizes[i]! < near ? 0 : inside
    }) as Triple
    if (!kept.some(k => k.elem === elem && isNear(k.place, place, sizes))) kept.push({ elem, place })
  }
  return kept.flatMap(({ elem, place }) => images(place, sizes).map(at => {
    const [x, y, z] = point(edges, at)
    return { elem, x, y, z }
  }))
}

const nonmetals = new Set('H He B C N O F Ne Si P S Cl Ar Ge As Se Br Kr Te I Xe'.split(' '))

/** Bonds are guessed from distances, and atoms of metals are wide: where a metal has other neighbours, its bonds to metals are dropped. */
export function unmetalled(atoms: Atom[]) {
  if (!atoms.some(a => nonmetals.has(a.elem))) return
  for (const atom of atoms) {
    if (nonmetals.has(atom.elem) || !atom.bonds) continue
    const left = atom.bonds.map((to, i) => [to, atom.bondOrder?.[i] ?? 1] as const).filter(([to]) => nonmetals.has(atoms[to]!.elem))
    atom.bonds = left.map(([to]) => to)
    atom.bondOrder = left.map(([, order]) => order)
  }
}

function isNear(one: Triple, other: Triple, sizes: number[]): boolean {
  return one.every((part, i) => {
    const apart = Math.abs(part - other[i]!)
    return Math.min(apart, 1 - apart) * sizes[i]! < near
  })
}

function images(place: Triple, sizes: number[]): Triple[] {
  return place.reduce<number[][]>((all, part, i) =>
    all.flatMap(begun => (part * sizes[i]! < near ? [part, part + 1] : [part]).map(p => [...begun, p])), [[]]) as Triple[]
}

/** What turns a point in space into parts of the edges, in the same order as <c>point</c> wants it. */
function inverse([a, b, c]: Edges): Edges {
  const [u, v, w] = [cross(b, c), cross(c, a), cross(a, b)]
  const volume = dot(a, u)
  return [0, 1, 2].map(i => [u[i]! / volume, v[i]! / volume, w[i]! / volume]) as Edges
}

/** Edges that enclose something. */
function solid(edges: Edges): Edges | null {
  return Math.abs(dot(edges[0], cross(edges[1], edges[2]))) > 0.1 ? edges : null
}

function cross([a, b, c]: Triple, [x, y, z]: Triple): Triple {
  return [b * z - c * y, c * x - a * z, a * y - b * x]
}

function dot(one: Triple, other: Triple): number {
  return one.reduce((sum, part, i) => sum + part * other[i]!, 0)
}
