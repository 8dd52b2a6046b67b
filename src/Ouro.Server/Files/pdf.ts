// A PDF, page by page. Scripts in it never run, forms of the XML kind are left out, and it is read in pieces, so that the first page of a long one comes soon.
import { getDocument, GlobalWorkerOptions, PasswordException, TextLayer, type PDFDocumentProxy, type RenderTask } from 'pdfjs-dist'
import parts from 'pdf-parts'
import { buttons, open, part, say, unshown } from './scripts/stage.ts'

const scales = [0.5, 0.67, 0.8, 1, 1.25, 1.5, 2, 3, 4]
const mostPixels = 2 ** 24

/** Fetches a font, a map of characters or a decoder, when a document needs it. */
class Parts {
  async fetch({ filename }: { kind: string, filename: string }): Promise<Uint8Array> {
    const address = parts[filename]
    if (!address) throw new Error(`There is no part ${filename}.`)
    return new Uint8Array(await (await fetch(address)).arrayBuffer())
  }
}

export async function show(viewer: HTMLElement) {
  GlobalWorkerOptions.workerSrc = viewer.dataset.worker!
  say(viewer, 'Loading …')
  const pdf = await read(viewer)
  const stage = open(viewer)
  const view = new Pages(viewer, stage, pdf)
  await view.draw()
  view.listen()
}

async function read(viewer: HTMLElement): Promise<PDFDocumentProxy> {
  try {
    return await getDocument({
      url: viewer.dataset.src!,
      enableXfa: false,
      disableAutoFetch: true,
      disableStream: true,
      rangeChunkSize: 2 ** 18,
      disableWorkerRendering: true,
      useWorkerFetch: false,
      BinaryDataFactory: Parts,
      // Only what a name is looked up by: the parts know their addresses themselves.
      cMapUrl: '/', standardFontDataUrl: '/', wasmUrl: '/',
      verbosity: 0,
    } as unknown as Parameters<typeof getDocument>[0]).promise
  } catch (problem) {
    throw problem instanceof PasswordException ? unshown('This PDF is locked with a password.') : problem
  }
}

class Pages {
  #number = 1
  #scale = 0
  #task: RenderTask | undefined
  #canvas = document.createElement('canvas')
  #text = document.createElement('div')
  #sheet = document.createElement('div')

  constructor(readonly viewer: HTMLElement, readonly stage: HTMLElement, readonly pdf: PDFDocumentProxy) {
    this.#sheet.className = 'sheet'
    this.#text.className = 'sheet-text'
    this.#sheet.append(this.#canvas, this.#text)
    stage.append(this.#sheet)
    part(viewer, 'count')!.textContent = String(pdf.numPages)
    this.#field.max = String(pdf.numPages)
  }

  get #field() { return part<HTMLInputElement>(this.viewer, 'page')! }

  listen() {
    buttons(this.viewer, {
      before: () => this.#go(this.#number - 1),
      after: () => this.#go(this.#number + 1),
      smaller: () => this.#zoom(scales.findLast(s => s < this.#shown - 0.01)),
      larger: () => this.#zoom(scales.find(s => s > this.#shown + 0.01)),
      fit: () => this.#zoom(0),
    })
    this.#field.addEventListener('change', () => this.#go(this.#field.valueAsNumber))
    this.stage.addEventListener('keydown', event => {
      const { scrollTop, scrollHeight, clientHeight } = this.stage
      const step = { ArrowRight: 1, ArrowLeft: -1, PageDown: scrollTop + clientHeight >= scrollHeight - 2 ? 1 : 0, PageUp: scrollTop <= 1 ? -1 : 0, Home: -Infinity, End: Infinity }[event.key]
      if (!step || event.ctrlKey || event.metaKey || event.altKey) return
      event.preventDefault()
      this.#go(this.#number + step)
    })
    let width = this.stage.clientWidth
    new ResizeObserver(() => {
      if (this.stage.clientWidth === width || this.#scale) return
      width = this.stage.clientWidth
      void this.draw()
    }).observe(this.stage)
  }

  #shown = 1

  #go(to: number) {
    const number = Math.max(1, Math.min(this.pdf.numPages, Math.round(to) || this.#number))
    this.#field.value = String(number)
    if (number === this.#number) return
    this.#number = number
    this.stage.scrollTop = 0
    void this.draw()
  }

  #zoom(scale: number | undefined) {
    if (scale === undefined) return
    this.#scale = scale
    void this.draw()
  }

  /** Draws the page that is chosen; 0 as its scale fits it into the width. */
  async draw() {
    this.#task?.cancel()
    const number = this.#number
    const page = await this.pdf.getPage(number)
    if (number !== this.#number) return
    const natural = page.getViewport({ scale: 1 })
    const style = getComputedStyle(this.stage)
    const room = this.stage.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight)
    // Points are 1/72 of an inch, and pixels of the page 1/96.
    const scale = this.#scale ? this.#scale * 96 / 72 : Math.min(room / natural.width, 1.75 * 96 / 72)
    this.#shown = scale * 72 / 96
    const viewport = page.getViewport({ scale })
    const sharp = Math.min(devicePixelRatio || 1, Math.sqrt(mostPixels / (viewport.width * viewport.height)))
    const canvas = document.createElement('canvas')
    canvas.width = Math.floor(viewport.width * sharp)
    canvas.height = Math.floor(viewport.height * sharp)
    const task = page.render({ canvas, viewport, transform: sharp === 1 ? undefined : [sharp, 0, 0, sharp, 0, 0] })
    this.#task = task
    try {
      await task.promise
    } catch (problem) {
      if ((problem as Error).name === 'RenderingCancelledException') return
      throw problem
    }
    this.#sheet.style.width = `${Math.floor(viewport.width)}px`
    this.#sheet.style.height = `${Math.floor(viewport.height)}px`
    this.#sheet.style.setProperty('--total-scale-factor', String(scale))
    canvas.setAttribute('role', 'img')
    canvas.setAttribute('aria-label', `Page ${number} of ${this.pdf.numPages}`)
    this.#canvas.replaceWith(canvas)
    this.#canvas = canvas
    this.viewer.dataset.page = String(number)
    part(this.viewer, 'zoom')!.textContent = `${Math.round(this.#shown * 100)} %`
    this.#disable('before', number === 1)
    this.#disable('after', number === this.pdf.numPages)
    this.#text.replaceChildren()
    await new TextLayer({ textContentSource: page.streamTextContent(), container: this.#text, viewport }).render()
  }

  #disable(action: string, isDisabled: boolean) {
    for (const button of this.viewer.querySelectorAll<HTMLButtonElement>(`button[data-do=${action}]`)) button.setAttribute('aria-disabled', String(isDisabled))
  }
}
