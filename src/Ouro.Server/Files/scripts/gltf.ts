// glTF files may name others. What is drawn is one file alone, so the names are looked at before anything is loaded.
import type { LoadingManager } from 'three'
import { unshown } from './stage.ts'

interface Gltf { buffers?: Named[], images?: Named[], extensionsRequired?: string[] }
interface Named { uri?: string }

const unread = ['KHR_draco_mesh_compression', 'EXT_meshopt_compression', 'KHR_meshopt_compression', 'KHR_texture_basisu']

/** The file again, when it needs no other; otherwise a reason. */
export function alone(content: ArrayBuffer): ArrayBuffer {
  const gltf = JSON.parse(words(content)) as Gltf
  const others = [...gltf.buffers ?? [], ...gltf.images ?? []].map(part => part.uri).filter(uri => uri !== undefined && !/^data:/i.test(uri))
  if (others.length) throw unshown(`This model keeps parts of itself in other files, such as “${others[0]!.slice(0, 80)}”. A .glb file holds everything.`)
  const needed = gltf.extensionsRequired?.find(e => unread.includes(e))
  if (needed) throw unshown(`This model is compressed in a way that is not read here (${needed}).`)
  return content
}

/** The JSON of a .gltf, or that in the first chunk of a .glb. */
function words(content: ArrayBuffer): string {
  const view = new DataView(content)
  const isBinary = content.byteLength > 20 && view.getUint32(0, true) === 0x46546c67
  return new TextDecoder().decode(isBinary ? new Uint8Array(content, 20, Math.min(view.getUint32(12, true), content.byteLength - 20)) : content)
}

/** Parts that are written into the file as data: addresses become blobs, which the policy of the page lets a script read; nothing else has an address. */
export function kept(manager: LoadingManager) {
  const made: string[] = []
  manager.setURLModifier(address => {
    if (address.startsWith('blob:')) return address
    const data = /^data:([^;,]*)(;base64)?,(.*)$/is.exec(address)
    if (!data) throw unshown('This model keeps parts of itself in other files.')
    const text = data[2] ? atob(data[3]!) : decodeURIComponent(data[3]!)
    const blob = URL.createObjectURL(new Blob([Uint8Array.from(text, c => c.charCodeAt(0))], { type: data[1] }))
    made.push(blob)
    return blob
  })
  return { forget: () => made.forEach(address => URL.revokeObjectURL(address)) }
}
