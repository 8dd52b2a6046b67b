// A 3D model, framed so that all of it is seen. Only what is in the file itself is drawn: nothing else is fetched for it.
import {
  AmbientLight, Box3, BufferGeometry, Color, DirectionalLight, DoubleSide, Group, LoadingManager, Mesh, MeshStandardMaterial, PerspectiveCamera,
  Points, PointsMaterial, Scene, Sphere, Vector3, WebGLRenderer, type Object3D,
} from 'three'
import { OrbitControls } from 'three/addons/controls/OrbitControls.js'
import { GLTFLoader } from 'three/addons/loaders/GLTFLoader.js'
import { OBJLoader } from 'three/addons/loaders/OBJLoader.js'
import { PLYLoader } from 'three/addons/loaders/PLYLoader.js'
import { STLLoader } from 'three/addons/loaders/STLLoader.js'
import { alone, kept } from './scripts/gltf.ts'
import { buttons, bytes, drawsInSpace, open, unshown, wheelWhenChosen } from './scripts/stage.ts'

const mostBytes = 64_000_000

export async function show(viewer: HTMLElement) {
  if (!drawsInSpace()) throw unshown('This browser draws nothing in three dimensions (WebGL is off).')
  const model = await read(await bytes(viewer, mostBytes), viewer.dataset.format!)
  const ball = new Box3().setFromObject(model).getBoundingSphere(new Sphere())
  if (!(ball.radius > 0)) throw unshown('There is nothing to see in this model.')
  const stage = open(viewer)
  const view = new View(stage, model, ball)
  wheelWhenChosen(stage)
  buttons(viewer, {
    reset: () => view.reset(), left: () => view.turn(-0.3, 0), right: () => view.turn(0.3, 0), up: () => view.turn(0, -0.3), down: () => view.turn(0, 0.3),
    nearer: () => view.move(0.8), farther: () => view.move(1.25),
  })
}

async function read(content: ArrayBuffer, format: string): Promise<Object3D> {
  switch (format) {
    case 'stl': return new Mesh(new STLLoader().parse(content), plain())
    case 'ply': return drawn(new PLYLoader().parse(content))
    case 'obj': {
      const group = new OBJLoader().parse(new TextDecoder().decode(content))
      // Materials are in another file, which is not read.
      group.traverse(part => { if (part instanceof Mesh) part.material = plain(part.geometry.hasAttribute('color')) })
      return group
    }
    default: {
      const manager = new LoadingManager()
      const addresses = kept(manager)
      try {
        const { scene } = await new GLTFLoader(manager).parseAsync(alone(content), '')
        return scene
      } finally {
        addresses.forget()
      }
    }
  }
}

function drawn(geometry: BufferGeometry): Object3D {
  const isColoured = geometry.hasAttribute('color')
  if (!geometry.index && !geometry.hasAttribute('normal')) {
    const cloud = new Points(geometry, new PointsMaterial({ size: 1.5, sizeAttenuation: false, vertexColors: isColoured, color: isColoured ? 0xffffff : 0x8a8f98 }))
    return new Group().add(cloud)
  }
  if (!geometry.hasAttribute('normal')) geometry.computeVertexNormals()
  return new Mesh(geometry, plain(isColoured))
}

function plain(isColoured = false) {
  return new MeshStandardMaterial({ color: new Color(isColoured ? 0xffffff : 0xb4b8be), vertexColors: isColoured, roughness: 0.65, metalness: 0.05, side: DoubleSide })
}

class View {
  #scene = new Scene()
  #camera = new PerspectiveCamera(35)
  #renderer: WebGLRenderer
  #controls: OrbitControls

  constructor(readonly stage: HTMLElement, model: Object3D, readonly ball: Sphere) {
    this.#renderer = new WebGLRenderer({ antialias: true, alpha: true })
    this.#renderer.setPixelRatio(Math.min(devicePixelRatio, 2))
    this.#renderer.domElement.setAttribute('aria-hidden', 'true')
    stage.append(this.#renderer.domElement)
    this.#scene.add(model, this.#camera, new AmbientLight(0xffffff, 1.4))
    // The lights go with the eye, so that what is looked at is never in the dark.
    for (const [x, y, z, strength] of [[-1, 1.5, 1, 2.2], [1.5, -0.5, 1, 0.8]] as const) {
      const light = new DirectionalLight(0xffffff, strength)
      light.position.set(x, y, z)
      this.#camera.add(light)
    }
    this.#controls = new OrbitControls(this.#camera, this.#renderer.domElement)
    this.#controls.addEventListener('change', () => this.#draw())
    new ResizeObserver(() => this.#fit()).observe(stage)
    this.#fit()
    this.reset()
  }

  reset() {
    const { center, radius } = this.ball
    const [tall, wide] = [Math.tan(this.#camera.fov * Math.PI / 360), Math.tan(this.#camera.fov * Math.PI / 360) * this.#camera.aspect]
    const far = radius * 1.05 / Math.sin(Math.atan(Math.min(tall, wide)))
    this.#camera.position.copy(center).addScaledVector(new Vector3(0.55, 0.4, 1).normalize(), far)
    this.#camera.near = far / 100
    this.#camera.far = far * 20
    this.#camera.updateProjectionMatrix()
    this.#controls.target.copy(center)
    this.#controls.minDistance = radius / 20
    this.#controls.maxDistance = far * 10
    this.#controls.update()
    this.#draw()
  }

  turn(around: number, over: number) {
    const away = this.#camera.position.clone().sub(this.#controls.target)
    const side = new Vector3().crossVectors(this.#camera.up, away).normalize()
    const turned = away.clone().applyAxisAngle(this.#camera.up, around).applyAxisAngle(side, over)
    // Not over the top, where up and down would change places.
    if (Math.abs(turned.clone().normalize().dot(this.#camera.up)) > 0.99) return
    this.#camera.position.copy(this.#controls.target).add(turned)
    this.#controls.update()
    this.#draw()
  }

  move(by: number) {
    this.#camera.position.sub(this.#controls.target).multiplyScalar(by).add(this.#controls.target)
    this.#controls.update()
    this.#draw()
  }

  #fit() {
    const { clientWidth: width, clientHeight: height } = this.stage
    if (!width || !height) return
    this.#camera.aspect = width / height
    this.#camera.updateProjectionMatrix()
    this.#renderer.setSize(width, height, false)
    this.#draw()
  }

  #draw() {
    this.#renderer.render(this.#scene, this.#camera)
  }
}
