// Shows what a file holds when it comes into view, and says how that went on the viewer itself. What draws is a script of its own for each kind of file.
import { part, sayFailed, settle } from './scripts/stage.ts'

interface Drawer { show(viewer: HTMLElement): Promise<void> }

const seen = new IntersectionObserver(entries => {
  for (const { target, isIntersecting } of entries) {
    if (!isIntersecting) continue
    seen.unobserve(target)
    void draw(target as HTMLElement)
  }
}, { rootMargin: '200px' })

for (const viewer of document.querySelectorAll<HTMLElement>('.viewer')) {
  const media = viewer.querySelector<HTMLImageElement | HTMLMediaElement>('[data-media]')
  if (viewer.dataset.script) seen.observe(viewer)
  if (media) listen(viewer, media)
  wraps(viewer)
}

async function draw(viewer: HTMLElement) {
  try {
    const drawer = await import(viewer.dataset.script!) as Drawer
    await drawer.show(viewer)
    settle(viewer)
  } catch (problem) {
    // Words that are there already stay, without their colours.
    if (part(viewer, 'stage')) sayFailed(viewer, problem)
    else settle(viewer)
  }
}

/** Pictures, sound and film are drawn by the browser; it only tells whether it could. */
function listen(viewer: HTMLElement, media: HTMLImageElement | HTMLMediaElement) {
  const fail = () => sayFailed(viewer, undefined)
  if (media instanceof HTMLImageElement) {
    media.decode().then(() => settle(viewer), fail)
    return
  }
  media.addEventListener('error', fail)
  media.addEventListener('loadedmetadata', () => settle(viewer))
  if (media.error) fail()
  else if (media.readyState > 0) settle(viewer)
}

/** Long lines run on, or break at the edge. */
function wraps(viewer: HTMLElement) {
  const button = viewer.querySelector<HTMLButtonElement>('[data-wrap]')
  if (!button) return
  button.hidden = false
  button.addEventListener('click', () => {
    const wrapped = viewer.classList.toggle('wrapped')
    button.setAttribute('aria-pressed', String(wrapped))
  })
}
